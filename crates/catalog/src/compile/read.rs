//! From one file to what it says.

use toml::de::DeTable;

use super::fields::Fields;
use super::place::{Errors, Source};
use super::raw::Raw;
use super::{
    SourceFile, credentials_file, endpoint, graphql_file, job_tokens_file, lookups_file, resource_file,
    scopes_file,
};

/// Reads one file; what kind it is shows in its keys.
pub(super) fn read(file: &SourceFile, raw: &mut Raw, errors: &mut Errors) {
    let source = Source::new(file);
    let parsed = match DeTable::parse(source.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.add(&source.place(&error.span().unwrap_or_default()), error.message());
            return;
        }
    };
    let mut fields = Fields::new(&source, parsed.get_ref(), source.place(&(0..0)));
    if fields.has("resource") {
        raw.resources.extend(resource_file::read(fields, errors));
        return;
    }
    for text in fields.texts(errors, "public") {
        raw.public.extend(endpoint::read(&text, false, errors));
    }
    credentials_file::read(&mut fields, raw, errors);
    graphql_file::read(&mut fields, raw, errors);
    job_tokens_file::read(&mut fields, raw, errors);
    lookups_file::read(&mut fields, raw, errors);
    scopes_file::read(&mut fields, raw, errors);
    fields.finish(errors);
}
