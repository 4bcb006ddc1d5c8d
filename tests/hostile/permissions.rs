//! Who may do what, tried: every operation as everybody, held against `docs/permissions.md`. An operation without a row
//! there fails the test, so that none is forgotten.

use std::collections::BTreeMap;

use emart_http::{Permission, Permissions};
use emart_tests::Answer;
use serde_json::{Value, json};

use crate::api::{Api, Operation};
use crate::asker::{Asker, Request};
use crate::page::{self, Who};
use crate::pool::Pool;
use crate::requests::good;
use crate::values::Style;
use crate::world::{Person, World, hire};

/// Whether the store said who may not, rather than what is wrong with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    SignInFirst,
    NotAllowed,
    SomethingElse,
}

fn said(answer: &Answer) -> Said {
    // The original's contract knows no problem documents.
    let is = |wanted: &str| matches!(slug(answer), kind if kind.is_empty() || kind == wanted);
    match answer.status {
        401 if is("unauthorized") => Said::SignInFirst,
        403 if is("forbidden") => Said::NotAllowed,
        _ => Said::SomethingElse,
    }
}

fn slug(answer: &Answer) -> String {
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    kind.trim_start_matches("/problems/").to_owned()
}

/// What a request shows of whoever sends it.
#[derive(Debug, Clone, Copy)]
enum By<'a> {
    Nobody,
    Session(&'a str),
    Token(&'a str),
}

struct Trial<'a> {
    api: &'a Api,
    page: BTreeMap<String, Who>,
    asker: Asker,
    wrong: Vec<String>,
}

impl Trial<'_> {
    /// One operation by somebody; `may` says what ought to be answered to them.
    async fn one(&mut self, name: &str, by: By<'_>, operation: &Operation, ought: Said) {
        let request = giving_nothing(good(self.api, operation, &Pool::default(), Style::Least));
        let request = match by {
            By::Nobody => request,
            By::Session(session) => request.with("cookie", &format!("emart_session={session}")),
            By::Token(token) => request.by(token),
        };
        let answer = self.asker.send(&request).await.unwrap();
        if said(&answer) != ought || answer.status >= 500 {
            self.wrong.push(format!(
                "{} by {name}: {} {} instead of {ought:?}",
                operation.id,
                answer.status,
                slug(&answer)
            ));
        }
    }

    /// Everything by somebody, as far as the page says what they are answered.
    async fn all(&mut self, name: &str, by: By<'_>, ought: impl Fn(&Who) -> Option<Said>) {
        for operation in self.api.operations.clone() {
            // It would end the token that all the others are asked with.
            if matches!(by, By::Token(_)) && operation.id == "logout" {
                continue;
            }
            let Some(who) = self.page.get(&operation.id).cloned() else { continue };
            if let Some(ought) = ought(&who) {
                self.one(name, by, &operation, ought).await;
            }
        }
    }

    async fn staff(&mut self, name: &str, token: &str, permissions: Permissions) {
        self.all(name, By::Token(token), |who| match who {
            Who::Having(one_of) if one_of.iter().any(|one| permissions.contains(one)) => {
                Some(Said::SomethingElse)
            }
            Who::Having(_) | Who::Administrator => Some(Said::NotAllowed),
            Who::Everybody | Who::Staff => Some(Said::SomethingElse),
            Who::SignedIn | Who::Own => None,
        })
        .await;
    }
}

/// Nobody can give others what they do not have themselves: a role or a key in these requests is given nothing.
fn giving_nothing(mut request: Request) -> Request {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(&request.body)
        && let Some(permissions) = body.get_mut("permissions")
    {
        *permissions = json!([]);
        request.body = Value::Object(body).to_string().into();
    }
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_for_those_whom_the_page_names_and_for_nobody_else() {
    let world = World::new().await.unwrap();
    let api = Api::whole(&world.store).await.unwrap();
    let page = page::read();
    let mut missing: Vec<&str> = api.operations.iter().map(|it| it.id.as_str()).collect();
    missing.retain(|id| !page.contains_key(*id));
    assert_eq!(missing, Vec::<&str>::new(), "without a row in docs/permissions.md");
    let known = |id: &String| api.operations.iter().any(|it| it.id == *id);
    let unknown: Vec<&String> = page.keys().filter(|id| !known(id)).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "rows of operations there are not");

    let asker = Asker::new(world.store.addr);
    let mut trial = Trial { api: &api, page, asker, wrong: Vec::new() };
    for (name, by) in [("a guest", By::Nobody), ("a session there is not", By::Session("AAAA"))] {
        trial
            .all(name, by, |who| match who {
                Who::Everybody => Some(Said::SomethingElse),
                Who::Own => None,
                _ => Some(Said::SignInFirst),
            })
            .await;
    }
    trial
        .all("a customer", By::Token(&world.bob.token), |who| match who {
            Who::Everybody | Who::SignedIn => Some(Said::SomethingElse),
            Who::Own => None,
            Who::Having(_) | Who::Staff | Who::Administrator => Some(Said::NotAllowed),
        })
        .await;
    let clerk = Clerk::hired(&world).await;
    for (name, permissions) in sets() {
        clerk.may(&world, permissions).await;
        trial.staff(&name, &clerk.person.token, permissions).await;
    }
    trial
        .all("an administrator", By::Token(&world.admin.token), |who| match who {
            Who::Own => None,
            _ => Some(Said::SomethingElse),
        })
        .await;
    cross_site(&world, &mut trial).await;
    assert_eq!(trial.wrong, Vec::<String>::new());
}

/// The pages' forms that let people in, out, or change who may.
const FORMS: [&str; 16] = [
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/register",
    "/confirm",
    "/forgot",
    "/reset",
    "/setup/x",
    "/invitation",
    "/account/password",
    "/account/addresses",
    "/admin/account/password",
    "/admin/account/two-factor",
    "/admin/people/invite",
    "/admin/people/roles/new",
    "/admin/people/keys/new",
];

/// Another site cannot make the browser of somebody who is signed in do anything: no operation, no form.
async fn cross_site(world: &World, trial: &mut Trial<'_>) {
    let operations = trial.api.operations.clone();
    let originals = ["/webapi", "/api/user", "/api/shop"];
    let mut requests: Vec<Request> = operations
        .iter()
        .filter(|it| it.method != "GET" && !originals.iter().any(|old| it.path.starts_with(old)))
        .map(|it| good(trial.api, it, &Pool::default(), Style::Least))
        .collect();
    requests.extend(FORMS.map(|path| Request {
        method: "POST".to_owned(),
        path: path.to_owned(),
        ..Request::default()
    }));
    let cookie = format!("emart_session={}", world.ada.session);
    for request in requests {
        let (method, path) = (request.method.clone(), request.path.clone());
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
        {
            let request = request.clone().with("cookie", &cookie).with(name, value);
            let answer = trial.asker.send(&request).await.unwrap();
            if answer.status != 403 {
                trial.wrong.push(format!("{method} {path} from another site: {}", answer.status));
            }
        }
    }
}

/// None, each alone, all but each.
fn sets() -> Vec<(String, Permissions)> {
    let mut sets = vec![("staff with nothing".to_owned(), Permissions::NONE)];
    for permission in Permission::ALL {
        let alone = Permissions::NONE.with(permission);
        sets.push((format!("staff with {permission}"), alone));
        let others = Permission::ALL.into_iter().filter(|other| *other != permission).collect();
        sets.push((format!("staff with all but {permission}"), others));
    }
    sets
}

/// Someone who works here, with a role of their own.
struct Clerk {
    person: Person,
    role: String,
}

impl Clerk {
    async fn hired(world: &World) -> Self {
        let person = hire(&world.store, "clerk@example.com").await.unwrap();
        let role = json!({"name": "Tried", "permissions": []});
        let role = ask(world, &world.admin, "POST", "/api/v1/identity/roles", &role).await;
        let role = role["id"].as_str().unwrap().to_owned();
        let me = ask(world, &person, "GET", "/api/v1/identity/me", &Value::Null).await;
        let path = format!("/api/v1/identity/staff/{}", me["id"].as_str().unwrap());
        let position = json!({"position": {"role": role}});
        ask(world, &world.admin, "PATCH", &path, &position).await;
        Self { person, role }
    }

    /// Counts from the next request on, with the token they have.
    async fn may(&self, world: &World, permissions: Permissions) {
        let put = json!({"name": "Tried", "permissions": permissions});
        let path = format!("/api/v1/identity/roles/{}", self.role);
        ask(world, &world.admin, "PUT", &path, &put).await;
    }
}

async fn ask(world: &World, by: &Person, method: &str, path: &str, body: &Value) -> Value {
    let mut asker = Asker::new(world.store.addr);
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        body: if body.is_null() { Vec::new().into() } else { body.to_string().into() },
        ..Request::default()
    };
    let request = request.by(&by.token).with("if-match", "*");
    let request = request.with("content-type", "application/json");
    let answer = asker.send(&request).await.unwrap();
    assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.json());
    answer.json()
}
