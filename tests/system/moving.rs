//! An original E-Mart moves in: its people sign in with the passwords they had, and find what they had bought.

use std::path::{Path, PathBuf};

use emart_tests::{Answer, ENGINES, Engine, Store};
use serde_json::{Value, json};

use crate::secrets::search;

/// What the original's bcryptjs kept of Ann's password.
const HASH: &str = "$2a$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq";
const PASSWORD: &str = "abcdefghijklmnopqrstuvwxyz";
/// In the original's database it stood in full.
const CARD: &str = "5105105105105100";
const ANN: &str = "5fbb2a7d9c3e1a0004d2f101";
const BOSS: &str = "5fbb2a7d9c3e1a0004d2f102";
const TWIN: &str = "5fbb2a7d9c3e1a0004d2f103";
const OFFICE: &str = "5fbb2a7d9c3e1a0004d2f201";
const PEN: &str = "5fbb2a7d9c3e1a0004d2f301";
const GONE: &str = "5fbb2a7d9c3e1a0004d2f302";
const OLD_ORDER: &str = "5fbb2a7d9c3e1a0004d2f401";
const NEW_ORDER: &str = "5fbb2a7d9c3e1a0004d2f402";

/// An export of the original, in the forms that `mongoexport` and `mysqldump` write.
struct Export {
    dir: tempfile::TempDir,
}

impl Export {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let export = Self { dir };
        export.people();
        export.goods();
        export.orders();
        std::fs::write(
            export.path("books.txt"),
            "1\tOrwell, Blair\tOf a farm\t\x01\tS&W\tAnimal Farm\n2\tM\t\\N\t\\0\t\\N\tNot yet\n",
        )
        .unwrap();
        export
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn people(&self) {
        let item = json!({"_id": {"$oid": "5fbb2a7d9c3e1a0004d2f501"}, "productId": {"$oid": PEN},
            "prod_name": "Pen", "quantity": 2, "prod_total": 21});
        let ann = json!({"_id": {"$oid": ANN}, "email": "Ann@example.com", "password": HASH,
            "cardId": "123456789", "fname": "Ann", "lname": "Lee", "city": "Pune", "street": "MG Road 1",
            "role": {"$numberInt": "0"}, "__v": {"$numberInt": "0"},
            "cart": {"status": "pending", "created": {"$date": "2020-11-23T03:00:29.944Z"}, "items": [item]}});
        let boss = json!({"_id": {"$oid": BOSS}, "email": "admin@gmail.com", "password": HASH,
            "cardId": "987654321", "fname": "admin", "lname": "admin", "city": "Pune", "street": "S 2", "role": 1,
            "cart": {"status": "new", "items": []}});
        let twin = json!({"_id": {"$oid": TWIN}, "email": "ann@EXAMPLE.com", "password": HASH,
            "cardId": "123456780", "fname": "Ann", "lname": "Two", "city": "Goa", "street": "S 3", "role": 0});
        let broken = json!({"_id": {"$oid": "5fbb2a7d9c3e1a0004d2f104"}, "email": "no address", "password": HASH});
        self.lines("users.json", &[ann, boss, twin, broken]);
    }

    fn goods(&self) {
        let office =
            json!({"_id": {"$oid": OFFICE}, "cat_name": "Office", "products": [{"$oid": PEN}]});
        std::fs::write(self.path("categories.json"), json!([office]).to_string()).unwrap();
        let pen = json!({"_id": {"$oid": PEN}, "prod_name": "Pen", "price": {"$numberDouble": "10.5"},
            "category": {"$oid": OFFICE}, "imageUrl": "http://api:5000/images/pen-1606.png",
            "createdAt": {"$date": {"$numberLong": "1606100429944"}},
            "updatedAt": {"$date": {"$numberLong": "1606100430000"}}});
        let bad = json!({"_id": {"$oid": "5fbb2a7d9c3e1a0004d2f303"}, "prod_name": "Odd", "price": "dear"});
        self.lines("products.json", &[pen, bad]);
        std::fs::create_dir(self.path("images")).unwrap();
        std::fs::write(self.path("images").join("pen-1606.png"), crate::classic::PNG).unwrap();
    }

    fn orders(&self) {
        let line = |id: &str, name: &str, quantity: u32, total: Value| {
            json!({"_id": {"$oid": "5fbb2a7d9c3e1a0004d2f502"}, "productId": {"$oid": id}, "prod_name": name,
                "quantity": quantity, "prod_total": total})
        };
        let order = |id: &str, at: &str, ship: &str, lines: Value, total: Value| {
            json!({"_id": {"$oid": id}, "total": total, "products": lines,
                "user": {"city": "Goa", "street": "Beach 7", "credit": CARD, "order": {"$date": at},
                    "ship": {"$date": ship}, "userId": {"$oid": ANN}},
                "createdAt": {"$date": at}, "updatedAt": {"$date": at}})
        };
        let old = json!([
            line(PEN, "Pen", 3, json!(30.299_999_999_999_997)),
            line(GONE, "Gone", 1, json!(5))
        ]);
        let old = order(
            OLD_ORDER,
            "2020-11-23T05:00:00.000Z",
            "2020-11-24T00:00:00.000Z",
            old,
            json!(35.3),
        );
        let new = json!([line(PEN, "Pen", 1, json!(10.5))]);
        let new = order(
            NEW_ORDER,
            "2026-11-01T05:00:00.000Z",
            "2999-12-31T00:00:00.000Z",
            new,
            json!(10.5),
        );
        let mut lost = new.clone();
        lost["_id"] = json!({"$oid": "5fbb2a7d9c3e1a0004d2f403"});
        lost["user"]["userId"] = json!({"$oid": "5fbb2a7d9c3e1a0004d2f1ff"});
        self.lines("orders.json", &[new, old, lost]);
    }

    fn lines(&self, name: &str, documents: &[Value]) {
        let text: String = documents.iter().map(|document| format!("{document}\n")).collect();
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The whole of it, with more arguments.
    fn import(&self, store: &Store, more: &[&str]) -> String {
        let mut command = store.command();
        command.args(["import", "emart"]);
        for kind in ["users", "products", "categories", "orders"] {
            command.arg(format!("--{kind}")).arg(self.path(&format!("{kind}.json")));
        }
        command.arg("--images").arg(self.path("images"));
        command.arg("--books").arg(self.path("books.txt")).args(more);
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{text}");
        text
    }
}

async fn ask(store: &Store, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let mut client = store.client().await.unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    client.send(method, path, &headers, body.to_string()).await.unwrap()
}

async fn sign_in(store: &Store, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    ask(store, "null", "POST", "/api/user/login", body).await
}

async fn count(store: &Store, service: &str, table: &str) -> i64 {
    store.books().number(service, &format!("(SELECT count(*) FROM {table})")).await.unwrap()
}

const TABLES: [(&str, &str); 8] = [
    ("identity", "users"),
    ("catalog", "products"),
    ("catalog", "categories"),
    ("catalog", "images"),
    ("orders", "orders"),
    ("cart", "carts"),
    ("books", "books"),
    ("classic", "ids"),
];

async fn counts(store: &Store) -> Vec<i64> {
    let mut counts = Vec::new();
    for (service, table) in TABLES {
        counts.push(count(store, service, table).await);
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_original_store_moves_in_and_its_customers_notice_nothing() {
    for engine in ENGINES {
        let (export, store) = (Export::new(), Store::on(engine, 5, &[]).await.unwrap());
        let before = counts(&store).await;

        let said = export.import(&store, &["--dry-run"]);
        assert!(said.contains("nothing was written"), "{said}");
        assert!(said.contains("users: 4 read, 2 moved in, 1 here already, 1 skipped"), "{said}");
        assert_eq!(counts(&store).await, before, "a dry run writes nothing: {said}");

        let said = export.import(&store, &[]);
        for line in [
            "users: 4 read, 2 moved in, 1 here already, 1 skipped",
            "categories: 1 read, 1 moved in",
            "products: 2 read, 1 moved in, 0 here already, 1 skipped",
            "orders: 3 read, 2 moved in, 0 here already, 1 skipped",
            "carts with something in them: 1 read, 1 moved in",
            "2 books: 2 created",
            "admin@gmail.com was an administrator there and is a customer here",
            "user 4 (5fbb2a7d9c3e1a0004d2f104): skipped:",
            "order 3 (5fbb2a7d9c3e1a0004d2f403): skipped: its customer was not moved in",
        ] {
            assert!(said.contains(line), "{line} in\n{said}");
        }
        let after = counts(&store).await;
        let said = export.import(&store, &[]);
        for line in [
            "users: 4 read, 0 moved in",
            "products: 2 read, 0 moved in",
            "orders: 3 read, 0 moved in",
        ] {
            assert!(said.contains(line), "{line} in\n{said}");
        }
        assert_eq!(counts(&store).await, after, "again changes nothing: {said}");

        passwords_go_on_working(&store).await;
        what_was_there_is_here(&store, engine).await;
    }
}

async fn passwords_go_on_working(store: &Store) {
    let moved = "(SELECT count(*) FROM credentials WHERE password_hash LIKE '$2a$%')";
    assert_eq!(store.books().number("identity", moved).await.unwrap(), 2);
    assert_eq!(sign_in(store, "ann@example.com", "abc").await.status, 400);
    for _ in 0..2 {
        let answer = sign_in(store, "ann@example.com", PASSWORD).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        assert_eq!(answer.json()["user"]["_id"], ANN);
    }
    assert_eq!(store.books().number("identity", moved).await.unwrap(), 1, "upgraded at sign-in");
    let boss = sign_in(store, "admin@gmail.com", PASSWORD).await.json();
    assert_eq!((&boss["user"]["_id"], &boss["user"]["role"]), (&json!(BOSS), &json!(0)));
    // Both at once: the first upgrades what the second was checked against.
    let (one, two) = tokio::join!(
        sign_in(store, "admin@gmail.com", PASSWORD),
        sign_in(store, "admin@gmail.com", PASSWORD),
    );
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(store.books().number("identity", moved).await.unwrap(), 0);
}

async fn what_was_there_is_here(store: &Store, engine: Engine) {
    let token = sign_in(store, "ann@example.com", PASSWORD).await.json();
    let token = token["token"].as_str().unwrap();
    let current = ask(store, token, "GET", "/api/shop/current", Value::Null).await.json();
    let (user, orders) = (&current["user"], current["orders"].as_array().unwrap());
    assert_eq!((&user["cardId"], &user["city"]), (&json!("123456789"), &json!("Pune")));
    assert_eq!(user["cart"]["status"], "pending");
    assert_eq!(user["cart"]["items"][0]["productId"], PEN);
    assert_eq!(user["cart"]["items"][0]["prod_total"], 21);
    let ids: Vec<_> = orders.iter().map(|order| &order["_id"]).collect();
    assert_eq!(ids, [NEW_ORDER, OLD_ORDER], "the newest first");
    let old = &orders[1];
    assert_eq!(
        (&old["total"], &old["createdAt"]),
        (&json!(35.3), &json!("2020-11-23T05:00:00.000Z"))
    );
    assert_eq!(old["products"][0]["prod_total"], 30.3);
    assert_eq!(old["products"][1]["productId"], GONE, "what is not sold any more keeps its id");
    assert_eq!(old["user"]["credit"], "************5100");
    assert_eq!(old["user"]["ship"], "2020-11-24T00:00:00.000Z");
    assert_eq!((&old["user"]["city"], &old["user"]["userId"]), (&json!("Goa"), &json!(ANN)));
    let booked = "(SELECT booked FROM delivery_days WHERE date = '2999-12-31')";
    assert_eq!(
        store.books().number("pricing", booked).await.unwrap(),
        1,
        "what is still to come takes its place"
    );

    let list = ask(store, token, "GET", "/api/shop/products", Value::Null).await.json();
    let pen = list["products"].as_array().unwrap().iter().find(|product| product["_id"] == PEN);
    let pen = pen.unwrap();
    assert_eq!((&pen["price"], &pen["category"]["_id"]), (&json!(10.5), &json!(OFFICE)));
    assert_eq!(pen["createdAt"], "2020-11-23T03:00:29.944Z");
    let picture = store.client().await.unwrap().get(pen["imageUrl"].as_str().unwrap()).await;
    assert_eq!(picture.unwrap().status, 200);
    let books = store.client().await.unwrap().get("/webapi/books/published").await.unwrap().json();
    assert_eq!(
        (&books[0]["title"], &books[0]["author"]),
        (&json!("Animal Farm"), &json!("Orwell, Blair"))
    );

    let numbers = format!("(SELECT count(*) FROM orders WHERE body LIKE '%{CARD}%')");
    assert_eq!(store.books().number("orders", &numbers).await.unwrap(), 0);
    if engine == Engine::Sqlite {
        search(Path::new(&store.data()), &mut 0, &[CARD]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_are_named_stay_administrators() {
    let (export, store) = (Export::new(), Store::with_tea(5).await.unwrap());
    let mut wrong = store.command();
    wrong.args(["import", "emart", "--admin", "nobody@example.com", "--users"]);
    let wrong = wrong.arg(export.path("users.json")).output().unwrap();
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(!wrong.status.success() && said.contains("nobody@example.com"), "{said}");
    export.import(&store, &["--admin", "admin@gmail.com"]);
    let boss = sign_in(&store, "admin@gmail.com", PASSWORD).await.json();
    assert_eq!(boss["user"]["role"], 1);
    assert_eq!(count(&store, "identity", "setup").await, 0, "the store's one-time link is gone");
}
