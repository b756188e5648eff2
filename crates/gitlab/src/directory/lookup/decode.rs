//! Look-ups whose argument itself says which container is meant.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use narrowgate_catalog::{BoundaryType, Encoding};

use super::Container;
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;
use crate::reference::Reference;

const BASE64_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    encoding: Encoding,
    boundary: BoundaryType,
    value: &str,
) -> Result<Option<Container>, GitlabError> {
    let reference = match encoding {
        Encoding::PlusPath => plus_path(value),
        Encoding::Base64GroupIid => group_iid(value),
    };
    let Some(reference) = reference else { return Ok(None) };
    match boundary {
        BoundaryType::Project => {
            let project = directory.project(identity, &reference).await?;
            Ok(project.map(|project| Container::Project(project.id)))
        }
        BoundaryType::Group => {
            let group = directory.group(identity, &reference).await?;
            Ok(group.map(|group| Container::Group(group.id)))
        }
        BoundaryType::User | BoundaryType::Instance => Ok(None),
    }
}

/// `acme+web` for `acme/web`. A number is no path here, although it looks like a project's.
fn plus_path(value: &str) -> Option<Reference> {
    if value.contains('/') {
        return None;
    }
    Reference::parse_decoded(&value.replace('+', "/"))
        .ok()
        .filter(|found| matches!(found, Reference::Path(_)))
}

/// Base64 of `12 7`: group 12, entry 7.
fn group_iid(value: &str) -> Option<Reference> {
    let bytes = BASE64_URL.decode(value).ok()?;
    let (group, iid) = std::str::from_utf8(&bytes).ok()?.split_once(' ')?;
    let numbers = |text: &str| Reference::parse_decoded(text).ok().filter(|r| matches!(r, Reference::Id(_)));
    numbers(iid).and(numbers(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plus_paths() {
        assert_eq!(plus_path("acme+platform+infra"), Some(Reference::Path("acme/platform/infra".into())));
        for value in ["acme++web", "+acme", "acme+..", "acme/web", "a%2Fb", "7", ""] {
            assert_eq!(plus_path(value), None, "{value}");
        }
    }

    #[test]
    fn reads_group_and_number() {
        for (text, expected) in
            [("MTIgNw==", true), ("MTIgNw", true), ("MTI", false), ("!!", false), ("", false)]
        {
            assert_eq!(group_iid(text), expected.then_some(Reference::Id(12)), "{text}");
        }
    }
}
