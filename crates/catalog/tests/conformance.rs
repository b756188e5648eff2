//! placeholder
#[test]
fn embedded_compiles() {
    let files = narrowgate_catalog::SourceFile::embedded();
    let c = narrowgate_catalog::Catalog::compile(&files).map_err(|e| println!("{e}")).unwrap();
    println!("{} {} {}", c.sources(), c.permissions().len(), c.operations().len());
}
