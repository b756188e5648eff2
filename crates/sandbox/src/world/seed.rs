//! The small world that every sandbox starts with.

use super::{Container, Group, Member, Namespace, Project, User, Visibility, World};

/// When the seeded world was made: 2026-01-05T09:00:00Z. A fixed moment keeps answers comparable.
const FOUNDED: i64 = 1_767_603_600_000_000;

/// The names of new projects start here; ids below are the seeded ones.
const FIRST_FREE_ID: u64 = 999;

impl World {
    /// The seeded world, with one token a user.
    pub(crate) fn seeded(seed: [u8; 32], now: i64) -> Self {
        let mut world = Self::empty(seed);
        world.add_users(now);
        world.add_groups();
        world.add_projects();
        world.add_members();
        world.counters.insert("namespace", FIRST_FREE_ID);
        world.counters.insert("project", FIRST_FREE_ID);
        world
    }

    fn add_users(&mut self, now: i64) {
        let users = [
            (1, "root", "Administrator"),
            (2, "maria", "Maria Moreno"),
            (3, "dev", "Devin Park"),
            (4, "gus", "Gus Lind"),
        ];
        for (id, username, name) in users {
            let user = User {
                id,
                username: username.to_owned(),
                name: name.to_owned(),
                admin: id == 1,
                state: "active",
                created_at: FOUNDED,
            };
            self.users.insert(id, user);
            self.mint_seeded(id, id == 1, now);
        }
    }

    fn add_groups(&mut self) {
        // `acme` holds a public project, so it must be public itself, as GitLab demands.
        let groups = [
            (10, None, "acme", "Acme", Visibility::Public),
            (11, Some(10), "platform", "Platform", Visibility::Private),
        ];
        for (id, parent, path, name, visibility) in groups {
            let group = Group {
                id,
                parent,
                path: path.to_owned(),
                name: name.to_owned(),
                description: String::new(),
                visibility,
                created_at: FOUNDED,
            };
            self.groups.insert(id, group);
        }
    }

    fn add_projects(&mut self) {
        use Namespace::{Group, User};
        use Visibility::{Internal, Private, Public};
        let projects = [
            (20, Group(10), "web", Private),
            (21, Group(10), "api", Internal),
            (22, Group(11), "infra", Private),
            (23, Group(10), "site", Public),
            (30, User(1), "home", Private),
            (31, User(2), "home", Private),
            (32, User(3), "home", Private),
            (33, User(4), "home", Private),
            (34, User(1), "vault", Private),
        ];
        for (id, namespace, path, visibility) in projects {
            let creator = if let User(owner) = namespace { owner } else { 1 };
            let runners_token = format!("GR1348941{}", self.draw_secret(20));
            let project = Project {
                id,
                namespace,
                path: path.to_owned(),
                name: path.to_owned(),
                description: Some(format!("The {path} project")),
                visibility,
                archived: false,
                default_branch: "main".to_owned(),
                topics: Vec::new(),
                creator,
                created_at: FOUNDED,
                runners_token,
                seeded: true,
            };
            self.projects.insert(id, project);
        }
    }

    fn add_members(&mut self) {
        let members = [
            (Container::Group(10), 2, 40),
            (Container::Group(11), 3, 30),
            (Container::Project(20), 3, 30),
            (Container::Project(21), 3, 20),
            (Container::Project(20), 4, 10),
        ];
        for (place, user, access_level) in members {
            self.members
                .insert((place, user), Member { access_level, created_at: FOUNDED, expires_at: None });
        }
    }
}
