//! Ids that things had in an original store.

use emart_classic_api::{IdSearch, KnownId};
use emart_store::{Db, Error, Tx, vals};

/// Writes some down. What has one already gets this one; what had this one before has it no more.
pub(crate) async fn put(tx: &Tx, ids: &[KnownId]) -> Result<(), Error> {
    let same = |known: &KnownId| {
        vals![known.kind.as_str(), known.hex.as_str(), known.id.as_str()].to_vec()
    };
    let rows: Vec<_> = ids.iter().map(same).collect();
    tx.exec_many("DELETE FROM ids WHERE kind = $1 AND hex = $2 AND id <> $3", &rows).await?;
    let sql = "INSERT INTO ids (kind, hex, id) VALUES ($1, $2, $3)
        ON CONFLICT (kind, id) DO UPDATE SET hex = EXCLUDED.hex";
    tx.exec_many(sql, &rows).await.map(drop)
}

/// What some of them name.
pub(crate) async fn find(tx: &Tx, search: &IdSearch) -> Result<Vec<KnownId>, Error> {
    let kind = search.kind;
    let mut found = Vec::new();
    for hex in &search.hexes {
        let sql = "SELECT id FROM ids WHERE kind = $1 AND hex = $2";
        let row = tx.opt::<(String,)>(sql, vals![kind.as_str(), hex.as_str()]).await?;
        found.extend(row.map(|(id,)| KnownId { kind, hex: hex.clone(), id }));
    }
    Ok(found)
}

/// All of them: kind, hex, id.
pub(crate) async fn all(db: &Db) -> Result<Vec<(String, String, String)>, Error> {
    db.read(|tx| async move { tx.all("SELECT kind, hex, id FROM ids", vals![]).await }).await
}

/// How many there are.
pub(crate) async fn count(db: &Db) -> Result<i64, Error> {
    let read =
        db.read(|tx| async move { tx.one::<(i64,)>("SELECT COUNT(*) FROM ids", vals![]).await });
    Ok(read.await?.0)
}
