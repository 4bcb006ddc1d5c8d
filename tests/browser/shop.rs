//! The small shop the tests visit: tea, a mug in two sizes with a picture, a vase there is one of; and a book.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use emart_tests::Store;

const PRODUCTS: &str = "\
Title,URL handle,Description,Vendor,Product category,Status,Published on online store,SKU,Option1 name,Option1 value,\
Price,Compare-at price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),\
Requires shipping,Product image URL,Image alt text
Round mug,round-mug,<p>Holds <b>warm</b> things.</p>,Potter & Daughter,Home > Kitchen,Active,TRUE,MUG-S,Size,Small,\
12.00,15.00,shopify,20,DENY,300,TRUE,mug.webp,A round grey mug
,round-mug,,,,,,MUG-L,Size,Large,16.50,,shopify,20,DENY,400,TRUE,,
Tall vase,tall-vase,<p>One of a kind.</p>,Potter & Daughter,Home,Active,TRUE,VASE,,,80.00,,shopify,1,DENY,900,TRUE,,
";

/// Opens the shop.
pub(crate) async fn open() -> anyhow::Result<Store> {
    let store = Store::with_tea(50).await?;
    let csv = store.data().join("browser.csv");
    std::fs::write(&csv, PRODUCTS)?;
    let pictures = store.data().join("pictures");
    std::fs::create_dir(&pictures)?;
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../emart/demo/images/tide-stoneware-mug-oat.webp");
    std::fs::copy(ours, pictures.join("mug.webp"))?;
    let mut import = store.command();
    let output =
        import.args(["import", "products"]).arg(csv).arg("--images").arg(pictures).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(
        output.status.success() && said.contains("2 products created"),
        "import: {said}"
    );
    let books = store.data().join("books.csv");
    std::fs::write(&books, "title,authors,isbn13\nEmma,Jane Austen,9780141439587\n")?;
    let output = store.command().args(["import", "books"]).arg(books).output()?;
    anyhow::ensure!(output.status.success(), "import books: {output:?}");
    Ok(store)
}

/// Makes someone an administrator, as the person at the machine does.
pub(crate) fn make_admin(store: &Store, email: &str, password: &str) -> anyhow::Result<()> {
    let mut create = store.command();
    create.args(["admin", "create", "--email", email, "--password-stdin"]);
    let mut child = create.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    writeln!(child.stdin.take().context("its input")?, "{password}")?;
    anyhow::ensure!(child.wait()?.success(), "admin create");
    Ok(())
}
