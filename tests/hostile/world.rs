//! A store with people in it, and with what is theirs.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use emart_tests::{Answer, Client, Store};
use serde_json::{Value, json};

use crate::pool::Pool;

const PASSWORD: &str = "what the tests know";

/// Somebody who has signed in, and the things they know of.
pub(crate) struct Person {
    /// Their access token.
    pub(crate) token: String,
    /// What gets the next one.
    refresh: String,
    /// What is in their browser's cookie; the administrator has none.
    pub(crate) session: String,
    pub(crate) pool: Pool,
}

/// A store that is in use.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) admin: Person,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
}

impl World {
    pub(crate) async fn new() -> anyhow::Result<Self> {
        let store = Store::with_tea(10_000).await?;
        make(&store, "create", "admin@example.com")?;
        let sessions = [
            register(&store, "ada@example.com").await?,
            register(&store, "bob@example.com").await?,
        ];
        // Each signs in once: the store makes those wait who try often.
        let mut admin = sign_in(&store, "admin@example.com").await?;
        let mut ada = sign_in(&store, "ada@example.com").await?;
        let mut bob = sign_in(&store, "bob@example.com").await?;
        [ada.session, bob.session] = sessions;
        for person in [&mut admin, &mut ada, &mut bob] {
            furnish(&store, person).await.context("furnish")?;
        }
        look_around(&store, &mut admin).await.context("look around")?;
        Ok(Self { store, admin, ada, bob })
    }

    /// Gives everybody a new access token.
    pub(crate) async fn renew(&mut self) -> anyhow::Result<()> {
        let mut client = self.store.client().await?;
        for person in [&mut self.admin, &mut self.ada, &mut self.bob] {
            let refresh = json!({"refresh_token": person.refresh});
            let answer = client.post("/api/v1/identity/tokens/refresh", &[], &refresh).await?;
            (person.token, person.refresh) = tokens(&answer)?;
        }
        Ok(())
    }
}

/// Somebody who works in the store, signed in.
pub(crate) async fn hire(store: &Store, email: &str) -> anyhow::Result<Person> {
    make(store, "create-staff", email)?;
    sign_in(store, email).await
}

fn make(store: &Store, what: &str, email: &str) -> anyhow::Result<()> {
    let mut command = store.command();
    let arguments = ["admin", what, "--email", email, "--password-stdin"];
    command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn()?;
    child.stdin.take().context("its input")?.write_all(PASSWORD.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "admin {what}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Makes an account, and returns the session that begins with it.
async fn register(store: &Store, email: &str) -> anyhow::Result<String> {
    let mut client = store.client().await?;
    let wish = json!({"email": email, "password": PASSWORD});
    done(&client.post("/api/v1/identity/registrations", &[], &wish).await?)?;
    let token = json!({"token": token_in_mail(store, email).await?});
    let session = done(&client.post("/api/v1/identity/registrations/confirm", &[], &token).await?)?;
    Ok(session["token"].as_str().context("a session")?.to_owned())
}

/// The secret of the link in the e-mail to this address.
async fn token_in_mail(store: &Store, email: &str) -> anyhow::Result<String> {
    const LINK: &str = "/confirm?token=";
    for _ in 0..400 {
        for mail in std::fs::read_dir(store.data().join("mailbox")).into_iter().flatten() {
            let text = std::fs::read_to_string(mail?.path())?;
            // Quoted-printable: a long line goes on after "=".
            let text = text.replace("=\r\n", "").replace("=3D", "=");
            if let (true, Some(at)) = (text.contains(email), text.find(LINK)) {
                let token = &text[at + LINK.len()..];
                let end = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '&');
                return Ok(token.split(end).next().unwrap_or_default().to_owned());
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    anyhow::bail!("no e-mail to {email} has a link that confirms it")
}

async fn sign_in(store: &Store, email: &str) -> anyhow::Result<Person> {
    let credentials = json!({"email": email, "password": PASSWORD});
    let answer = store.client().await?.post("/api/v1/identity/tokens", &[], &credentials).await?;
    let (token, refresh) = tokens(&answer)?;
    Ok(Person { token, refresh, session: String::new(), pool: Pool::default() })
}

fn tokens(answer: &Answer) -> anyhow::Result<(String, String)> {
    let tokens = done(answer)?;
    let text = |name: &str| tokens[name].as_str().map(ToOwned::to_owned).context("a token");
    Ok((text("access_token")?, text("refresh_token")?))
}

/// Gives a person an address, an order, a cart with something in it, and a card's token.
async fn furnish(store: &Store, person: &mut Person) -> anyhow::Result<()> {
    let (mut client, tea) = (store.client().await?, store.tea().await?);
    let address = json!({
        "name": "Ada Lovelace", "line1": "1 Analytical Way", "city": "Berlin",
        "postal_code": "10115", "country": "DE",
    });
    let saved = json!({"address": address});
    post(&mut client, person, "/api/v1/identity/me/addresses", &saved).await?;
    let lines = json!({"lines": [{"variant_id": tea, "quantity": 2}]});
    let cart = post(&mut client, person, "/api/v1/carts", &lines).await?;
    let checkout = json!({
        "cart_id": cart["id"], "email": "ada@example.com", "shipping_address": address,
        "card_token": client.card("4242424242424242").await?,
    });
    let checkout = post(&mut client, person, "/api/v1/checkouts", &checkout).await?;
    ensure!(checkout["order_id"].is_string(), "{checkout}");
    // What was bought is emptied: the cart that is found first is to have something in it.
    person.pool = Pool::default();
    person.pool.learn(&json!([checkout, client.card("4242424242424242").await?]));
    post(&mut client, person, "/api/v1/carts", &lines).await?;
    let addresses = get(&mut client, person, "/api/v1/identity/me/addresses").await?;
    person.pool.learn(&addresses);
    Ok(())
}

/// What only staff find.
async fn look_around(store: &Store, admin: &mut Person) -> anyhow::Result<()> {
    let mut client = store.client().await?;
    let category = json!({"name": "Drinks"});
    post(&mut client, admin, "/api/v1/catalog/categories", &category).await?;
    let collection = json!({"title": "Hot drinks"});
    post(&mut client, admin, "/api/v1/catalog/collections", &collection).await?;
    let page = json!({"title": "About us", "handle": "about"});
    post(&mut client, admin, "/api/v1/content/pages", &page).await?;
    let role = json!({"name": "Packers", "permissions": []});
    post(&mut client, admin, "/api/v1/identity/roles", &role).await?;
    // A name that leads nowhere (RFC 2606).
    let webhook = json!({"url": "https://hooks.invalid/", "events": ["order.placed"]});
    post(&mut client, admin, "/api/v1/notifications/webhooks", &webhook).await?;
    for path in [
        "/api/v1/catalog/products",
        "/api/v1/catalog/products/tea",
        "/api/v1/inventory/items",
        "/api/v1/notifications/emails",
        "/api/v1/pricing/delivery-slots",
        "/api/v1/pricing/tax-rates",
        "/api/v1/pricing/shipping-methods",
        "/api/v1/orders",
    ] {
        let found = get(&mut client, admin, path).await?;
        admin.pool.learn(&found);
    }
    Ok(())
}

async fn post(
    client: &mut Client,
    person: &mut Person,
    path: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let bearer = format!("Bearer {}", person.token);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "first")];
    let made = done(&client.post(path, &headers, body).await?)?;
    person.pool.learn(&made);
    Ok(made)
}

async fn get(client: &mut Client, person: &Person, path: &str) -> anyhow::Result<Value> {
    let bearer = format!("Bearer {}", person.token);
    done(&client.send("GET", path, &[("authorization", &bearer)], "").await?)
}

fn done(answer: &Answer) -> anyhow::Result<Value> {
    ensure!(answer.status < 300, "{} {:?}", answer.status, answer.body);
    Ok(answer.json())
}
