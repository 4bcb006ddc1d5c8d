//! Signing in at a provider and back again, through the pages.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;

use emart_testkit::TestProvider;
use emart_tests::{Answer, Engine, Store};
use emart_types::Clock;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

/// A browser without scripts: it keeps its cookies.
struct Browser<'a> {
    store: &'a Store,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    const fn new(store: &'a Store) -> Self {
        Self { store, cookies: BTreeMap::new() }
    }

    async fn open(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    async fn send(&mut self, method: &str, path: &str, form: &str) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [
            ("accept", "text/html"),
            ("cookie", cookies.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let mut client = self.store.client().await.unwrap();
        let answer = client.send(method, path, &headers, form.to_owned()).await.unwrap();
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            self.cookies.remove(name);
            if !line.contains("Max-Age=0") {
                let value = rest.split(';').next().unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Goes to a provider; the path it sends the browser back to.
    async fn set_out(&mut self, provider: &TestProvider, path: &str, says: &Value) -> String {
        let answer = self.open(path).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("; HttpOnly") && cookie.contains("Max-Age=600"), "{cookie}");
        assert!(cookie.contains("SameSite=Lax"), "{cookie}");
        provider.sign_in(location(&answer), says).path
    }
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", page(answer));
    answer.headers["location"].to_str().unwrap()
}

fn page(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// Nobody came in, and the sign-in page says why.
fn assert_told(answer: &Answer, words: &str) {
    assert!(answer.status == 422 && page(answer).contains(words), "{}", page(answer));
    assert!(!answer.headers.contains_key("location"));
}

fn hire(store: &Store, email: &str) {
    let mut command = store.command();
    command.args(["admin", "create", "--email", email, "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

fn verified(sub: &str, email: &str) -> Value {
    json!({ "sub": sub, "email": email, "email_verified": true })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_and_staff_come_in_by_a_provider_through_the_pages() {
    let provider = TestProvider::start(&Clock::system()).await;
    let (issuer, (client_id, secret)) = (provider.issuer(), provider.client());
    let mut settings = Vec::new();
    for (name, who) in [("MALL", "customers"), ("COMPANY", "staff")] {
        let pairs = [
            ("ISSUER", issuer.as_str()),
            ("CLIENT_ID", client_id),
            ("CLIENT_SECRET", secret),
            ("LABEL", name),
            ("WHO", who),
            ("PRIVATE_ADDRESSES", "true"),
        ];
        let variable = |key: &str| format!("EMART_IDENTITY__PROVIDERS__{name}__{key}");
        settings.extend(pairs.map(|(key, value)| (variable(key), value.to_owned())));
    }
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let store = Store::on(Engine::Sqlite, 5, &settings).await.unwrap();
    hire(&store, "boss@example.com");
    let mut api = store.client().await.unwrap();

    let mut ada = Browser::new(&store);
    let door = page(&ada.open("/sign-in?next=/cart").await);
    assert!(door.contains("Continue with MALL") && !door.contains("COMPANY"), "{door}");
    let path = "/sign-in/with/mall?next=%2Fcart";
    assert!(door.contains(&format!("href=\"{path}\"")), "{door}");
    let says = verified("1", "ada@example.com");
    let back = ada.set_out(&provider, path, &says).await;
    assert_told(&Browser::new(&store).open(&back).await, "begun in another browser");
    assert_eq!(location(&ada.open(&back).await), "/cart");
    assert!(!ada.cookies.contains_key("emart_journey"));
    assert_eq!(ada.open("/account").await.status, 200);

    // Out of the shop leads no way.
    let mut again = Browser::new(&store);
    let evil = "/sign-in/with/mall?next=https%3A%2F%2Fevil.example";
    let back = again.set_out(&provider, evil, &says).await;
    assert_eq!(location(&again.open(&back).await), "/account");

    // An account with a password is linked by that.
    let form = json!({
        "email": "bob@example.com", "password": PASSWORD, "password2": PASSWORD,
        "cardId": "123456789", "fname": "Bob", "lname": "Lee", "city": "Pune", "street": "MG Road 1",
    });
    assert_eq!(api.post("/api/user/register", &[], &form).await.unwrap().status, 200);
    let mut bob = Browser::new(&store);
    let says = verified("2", "bob@example.com");
    let back = bob.set_out(&provider, "/sign-in/with/mall", &says).await;
    let asked = page(&bob.open(&back).await);
    assert!(asked.contains("You have an account here") && asked.contains("bob@example.com"));
    let (_, rest) = asked.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let wrong = format!("email=bob%40example.com&token={token}&password=wrong+horse");
    assert_told(&bob.send("POST", "/sign-in/link", &wrong).await, "This password is not right");
    let right = format!("token={token}&password={}&next=%2Fcart", PASSWORD.replace(' ', "+"));
    assert_eq!(location(&bob.send("POST", "/sign-in/link", &right).await), "/cart");
    assert_eq!(bob.open("/account").await.status, 200);

    // Those who work here have a way of their own, and nobody else has.
    let mut boss = Browser::new(&store);
    let to_work = boss.open("/admin").await;
    let door = page(&boss.open(location(&to_work)).await);
    assert!(door.contains("Continue with COMPANY"), "{door}");
    let work = "/sign-in/with/company?next=%2Fadmin";
    let back = boss.set_out(&provider, work, &verified("3", "boss@example.com")).await;
    assert_eq!(location(&boss.open(&back).await), "/admin");
    assert_eq!(boss.open("/admin").await.status, 200);
    let mut eve = Browser::new(&store);
    let back = eve.set_out(&provider, work, &verified("4", "eve@example.com")).await;
    assert_told(&eve.open(&back).await, "There is no account here that COMPANY opens");
    let says = json!({ "sub": "5", "email": "boss@example.com" });
    let back = eve.set_out(&provider, work, &says).await;
    assert_told(&eve.open(&back).await, "has not verified the e-mail address");
    assert_told(&eve.open("/sign-in/with/mall/return?error=access_denied").await, "not signed in");

    provider.away(true);
    let back = eve.set_out(&provider, work, &says).await;
    assert_told(&eve.open(&back).await, "COMPANY does not answer at the moment");
    assert!(!store.log().contains(secret));
}
