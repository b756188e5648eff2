//! A group and a project that share nothing with those of the small world.

use super::{Container, Group, Member, Namespace, Project, Visibility, World};

impl World {
    /// Adds the private group 12, `globex`, with project 24, `globex/lab`. Maria is a maintainer.
    pub(crate) fn add_neighbours(&mut self, now: i64) {
        let group = Group {
            id: 12,
            parent: None,
            path: "globex".to_owned(),
            name: "Globex".to_owned(),
            description: String::new(),
            visibility: Visibility::Private,
            created_at: now,
        };
        let runners_token = format!("GR1348941{}", self.draw_secret(20));
        let project = Project {
            id: 24,
            namespace: Namespace::Group(12),
            path: "lab".to_owned(),
            name: "lab".to_owned(),
            description: None,
            visibility: Visibility::Private,
            archived: false,
            default_branch: "main".to_owned(),
            topics: Vec::new(),
            creator: 1,
            created_at: now,
            runners_token,
            seeded: true,
        };
        self.groups.insert(12, group);
        self.projects.insert(24, project);
        let member = Member { access_level: 40, created_at: now, expires_at: None };
        self.members.insert((Container::Group(12), 2), member);
    }
}
