//! Names of permissions and other things, and how they are written.

use crate::{BoundaryType, Role};

/// `CI/CD Setting` as `ci_cd_setting`.
pub(super) fn snake(shown: &str) -> String {
    let words = shown.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

/// `disable_two_factor` as `Disable Two Factor`.
pub(super) fn title(snake: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    snake.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// Checks a name in snake case.
pub(super) fn check_snake(name: &str) -> Result<(), String> {
    let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && !name.contains("__")
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if well_formed { Ok(()) } else { Err(format!("`{name}` is not a name in snake case")) }
}

pub(super) fn boundary(name: &str) -> Result<BoundaryType, String> {
    BoundaryType::ALL
        .into_iter()
        .find(|boundary| boundary.as_str() == name)
        .ok_or_else(|| format!("`{name}` is not a boundary: project, group, user or instance"))
}

pub(super) fn role(name: &str) -> Result<Role, String> {
    Ok(match name {
        "no_access" => Role::NoAccess,
        "minimal_access" => Role::MinimalAccess,
        "guest" => Role::Guest,
        "planner" => Role::Planner,
        "reporter" => Role::Reporter,
        "security_manager" => Role::SecurityManager,
        "developer" => Role::Developer,
        "maintainer" => Role::Maintainer,
        "owner" => Role::Owner,
        "admin" => Role::Admin,
        _ => return Err(format!("`{name}` is not a role")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_gitlab() {
        assert_eq!(snake("CI/CD Setting"), "ci_cd_setting");
        assert_eq!(snake("On-Demand DAST Scan"), "on_demand_dast_scan");
        assert_eq!(title("disable_two_factor"), "Disable Two Factor");
        assert!(check_snake("read_job").is_ok());
        for name in ["", "Read", "_a", "a_", "a__b", "a-b"] {
            assert!(check_snake(name).is_err(), "{name}");
        }
    }
}
