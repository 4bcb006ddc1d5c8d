//! What goes in comes out, and SQL means the same on both engines.

use emart_store::{Error, FromRow, Row, Val, vals};
use emart_testkit::databases;

use crate::{MIGRATIONS, insert};

#[derive(Debug, PartialEq)]
struct Order {
    id: i64,
    customer: Option<String>,
    note: Option<String>,
    paid: bool,
    total: i64,
    picture: Option<Vec<u8>>,
}

impl FromRow for Order {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get(0)?,
            customer: row.get(1)?,
            note: row.get(2)?,
            paid: row.get(3)?,
            total: row.get(4)?,
            picture: row.get(5)?,
        })
    }
}

#[tokio::test]
async fn every_type_comes_back_as_it_went_in() {
    for db in databases("orders", MIGRATIONS).await {
        db.exec("INSERT INTO customers (id) VALUES ($1)", vals!["ada"]).await.unwrap();
        let sql = "INSERT INTO orders (id, customer, note, paid, total, picture)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let (note, bytes) = ("naïve ☕ 'quoted' $1 \u{1F600}".to_owned(), vec![0_u8, 255, 1]);
        db.exec(sql, vals![i64::MIN, "ada", note.clone(), true, i64::MAX, bytes.clone()])
            .await
            .unwrap();
        let nothing: Option<&str> = None;
        db.exec(sql, vals![2_u32, nothing, Some(""), false, 0_i32, Val::Null]).await.unwrap();
        let rows: Vec<Order> = db
            .all("SELECT id, customer, note, paid, total, picture FROM orders ORDER BY id", &[])
            .await
            .unwrap();
        let first = Order {
            id: i64::MIN,
            customer: Some("ada".to_owned()),
            note: Some(note),
            paid: true,
            total: i64::MAX,
            picture: Some(bytes),
        };
        let second = Order {
            id: 2,
            customer: None,
            note: Some(String::new()),
            paid: false,
            total: 0,
            picture: None,
        };
        assert_eq!(rows, [first, second]);
        let paid = "SELECT id, total, paid FROM orders WHERE paid = $1 AND paid = TRUE";
        let paid: (i64, u64, bool) = db.one(paid, vals![true]).await.unwrap();
        assert_eq!(paid, (i64::MIN, u64::try_from(i64::MAX).unwrap(), true));
    }
}

#[tokio::test]
async fn parameters_may_come_in_any_order_and_more_than_once() {
    for db in databases("orders", MIGRATIONS).await {
        db.exec("INSERT INTO orders (total, id) VALUES ($2, $1)", vals![1, 500]).await.unwrap();
        let sql = "SELECT id, '$2' FROM orders WHERE total > $2 AND id = $1 AND id <= $2 -- $3";
        let row: (i64, String) = db.one(sql, vals![1, 400]).await.unwrap();
        assert_eq!(row, (1, "$2".to_owned()));
    }
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_an_error_and_nothing_worse() {
    for db in databases("orders", MIGRATIONS).await {
        let sql = "INSERT INTO orders (id, total) VALUES ($1, $2)";
        for params in [vals![1].to_vec(), vals![1, 2, 3].to_vec()] {
            let error = db.exec(sql, &params).await.unwrap_err();
            assert!(matches!(&error, Error::Parameters(_)), "{error:?}");
        }
        let nul =
            db.exec("INSERT INTO customers (id) VALUES ($1)", vals!["a\0b"]).await.unwrap_err();
        assert!(matches!(&nul, Error::Parameters(text) if text.contains("$1")), "{nul:?}");
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
    }
}

#[tokio::test]
async fn a_column_of_another_type_is_named_but_its_content_is_not_told() {
    for db in databases("orders", MIGRATIONS).await {
        db.exec("INSERT INTO orders (id, total, note) VALUES (1, 300, 'secret')", &[])
            .await
            .unwrap();
        let error = db.one::<(i64, i64)>("SELECT id, note FROM orders", &[]).await.unwrap_err();
        assert_eq!(error.to_string(), "column 1: expected an integer, found text");
        let error = db.one::<u8>("SELECT total FROM orders", &[]).await.unwrap_err();
        assert_eq!(error.to_string(), "column 0: 300 is out of range");
        let error = db.one::<String>("SELECT customer FROM orders", &[]).await.unwrap_err();
        assert_eq!(error.to_string(), "column 0: expected text, found NULL");
        assert!(db.one::<(i64, i64)>("SELECT id FROM orders", &[]).await.is_err());
    }
}

#[tokio::test]
async fn sums_upserts_sequences_and_queues_are_written_once() {
    for db in databases("orders", MIGRATIONS).await {
        let rows: Vec<Vec<Val>> = (1..=300).map(|id| vals![id, id * 10].to_vec()).collect();
        let sql = "INSERT INTO orders (id, total) VALUES ($1, $2)";
        let inserted = db.write(async move |tx| tx.exec_many(sql, &rows).await).await;
        assert_eq!(inserted.unwrap(), 300);
        let sums = "SELECT sum(total), count(*), max(id) FROM orders";
        let sums: (i64, i64, Option<i64>) = db.one(sums, &[]).await.unwrap();
        assert_eq!(sums, (451_500, 300, Some(300)));
        let none: Option<i64> =
            db.one("SELECT sum(total) FROM orders WHERE id < 0", &[]).await.unwrap();
        assert_eq!(none, None);

        let upsert = "INSERT INTO stock (sku, pieces) VALUES ($1, $2)
            ON CONFLICT (sku) DO UPDATE SET pieces = stock.pieces + excluded.pieces RETURNING pieces";
        for pieces in [3_i64, 6, 9] {
            let now = db.write(async |tx| tx.one::<i64>(upsert, vals!["tea", 3]).await).await;
            assert_eq!(now.unwrap(), pieces);
        }
        let append = "INSERT INTO log (entry) VALUES ($1) RETURNING id";
        let ids = db
            .write(async move |tx| {
                let first: i64 = tx.one(append, vals!["a"]).await?;
                Ok::<_, Error>((first, tx.one::<i64>(append, vals!["b"]).await?))
            })
            .await;
        assert_eq!(ids.unwrap(), (1, 2));
        let claim = "SELECT id FROM orders WHERE NOT paid ORDER BY id LIMIT $1 {{skip_locked}}";
        let claimed = db.write(async move |tx| tx.all::<i64>(claim, vals![2]).await).await;
        assert_eq!(claimed.unwrap(), [1, 2]);
    }
}

#[tokio::test]
async fn a_failing_row_of_many_keeps_none_of_them() {
    for db in databases("orders", MIGRATIONS).await {
        let rows: Vec<Vec<Val>> = [1, 2, 3, 2, 4].iter().map(|id| vals![*id].to_vec()).collect();
        let sql = "INSERT INTO orders (id, total) VALUES ($1, 1)";
        let error = db.write(async move |tx| tx.exec_many(sql, &rows).await).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
        assert_eq!(crate::count(&db).await, 0);
        let none = db.write(async move |tx| tx.exec_many(sql, &[]).await).await;
        assert_eq!(none.unwrap(), 0);
    }
}

#[tokio::test]
async fn text_is_sorted_and_matched_byte_by_byte() {
    for db in databases("orders", MIGRATIONS).await {
        for (id, note) in ["b", "B", "a", "ä", "Z", "_"].iter().enumerate() {
            let sql = "INSERT INTO orders (id, total, note) VALUES ($1, 0, $2)";
            db.exec(sql, vals![i64::try_from(id).unwrap(), *note]).await.unwrap();
        }
        let sorted: Vec<String> =
            db.all("SELECT note FROM orders ORDER BY note", &[]).await.unwrap();
        assert_eq!(sorted, ["B", "Z", "_", "a", "b", "ä"]);
        let like = "SELECT note FROM orders WHERE note LIKE $1";
        assert_eq!(db.all::<String>(like, vals!["B%"]).await.unwrap(), ["B"]);
        let page = "SELECT note FROM orders WHERE (note, id) > ($1, $2) ORDER BY note, id LIMIT $3";
        assert_eq!(db.all::<String>(page, vals!["_", 5, 2]).await.unwrap(), ["a", "b"]);
    }
}

#[tokio::test]
async fn sql_put_together_at_run_time_works_the_same() {
    for db in databases("orders", MIGRATIONS).await {
        for id in 0..20_i64 {
            let table = format!("INSERT INTO orders (id, total) VALUES ($1, {id})");
            db.write(move |tx| async move { tx.exec_dyn(&table, vals![id]).await }).await.unwrap();
        }
        let mut filter = "SELECT id FROM orders WHERE total >= $1".to_owned();
        filter.push_str(" AND id < $2 ORDER BY id DESC");
        let found = db
            .read(async |tx| {
                let all: Vec<i64> = tx.all_dyn(&filter, vals![15, 19]).await?;
                let one: i64 = tx.one_dyn(&filter, vals![15, 19]).await?;
                let none: Option<i64> = tx.opt_dyn(&filter, vals![15, 0]).await?;
                Ok::<_, Error>((all, one, none))
            })
            .await;
        assert_eq!(found.unwrap(), (vec![18, 17, 16, 15], 18, None));
    }
}
