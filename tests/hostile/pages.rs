//! The shop's pages, which no document describes: every address and every form, filled in with what nobody should send.

use emart_tests::Store;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use crate::asker::{Asker, Request};
use crate::requests::get;
use crate::values::{NASTY_SEGMENTS, nasty};
use crate::world::World;

/// Every address of `storefront`, and the gateway's own; `{}` stands for what can be anything.
const PAGES: &[&str] = &[
    "/",
    "/c/{}",
    "/p/{}",
    "/search?q={}",
    "/search?q=tea&category={}&vendor={}&price_min={}&price={}&sort={}&cursor={}&option.Size={}",
    "/search/suggest?q={}",
    "/c/{}?sort={}&cursor={}",
    "/collections/{}?sort={}&cursor={}",
    "/pages/{}",
    "/theme.css?{}",
    "/p/tea?o1={}&variant={}",
    "/cart?{}={}",
    "/checkout?{}={}",
    "/checkout/{}",
    "/orders/{}",
    "/orders/{ord}?token={}",
    "/orders/{ord}/receipt?token={}",
    "/orders/{ord}/receipt.pdf?token={}",
    "/orders/{}/receipt",
    "/pay/{}?token={}",
    "/pay/{}/{}?token={}",
    "/books?q={}&author={}&cursor={}&published={}",
    "/books/{}",
    "/books/new?{}={}",
    "/books/{}/edit",
    "/books/{}/delete",
    "/account?cursor={}",
    "/account/addresses",
    "/account/password",
    "/account/passkeys?{}={}",
    "/sign-in?next={}",
    "/sign-in/code?next={}",
    "/sign-in/with/{}?next={}",
    "/sign-in/with/{}/return?code={}&state={}&iss={}&error={}",
    "/invitation?token={}",
    "/register?next={}",
    "/confirm?token={}",
    "/forgot?email={}",
    "/reset?token={}",
    "/setup/{}",
    "/sitemap.xml?page={}",
    "/robots.txt",
    "/static/{}",
    "/images/{}",
    "/docs/{}",
    "/admin/{}",
    "/{}",
];

const ADDRESS: &str =
    "name=Ada&line1=1 Way&line2=&postal_code=10115&city=Berlin&region=&country=DE&phone=";
const DOOR: &str =
    "email=eve@example.com&password=a rather peculiar phrase&name=Eve&next=/account&token=x";

/// Every form, and what is written into it. Not the two `…/question` of passkeys: they answer scripts, not people.
const FORMS: &[(&str, &str)] = &[
    ("/cart/add", "handle=tea&variant=&o1=&o2=&o3=&quantity=1"),
    ("/cart/change", "line={cln}&quantity=1"),
    ("/cart/remove", "line={cln}&quantity=0"),
    ("/cart/coupon", "coupon=TEN"),
    ("/cart/coupon/remove", "coupon=TEN"),
    ("/pay/x", "token=x&key=k&card_number=4242424242424242&card_expiry=12/40&card_cvc=123"),
    ("/pay/x/y", "token=x&outcome=approved"),
    (
        "/checkout",
        "email=eve@example.com&saved_address=&name=Ada&line1=1 Way&line2=&postal_code=10115&city=Berlin&region=\
         &country=DE&phone=&shipping_method=&slot=&save_address=&password=&registered=&key=&expected_total=&action=&card_number=4242424242424242\
         &card_expiry=12/40&card_cvc=123",
    ),
    ("/checkout/{chk}", "outcome=approved"),
    ("/account/addresses", ADDRESS),
    ("/account/addresses/remove", "id={adr}"),
    ("/account/password", "current=a rather peculiar phrase&new=another peculiar phrase"),
    ("/register", DOOR),
    ("/confirm", DOOR),
    ("/forgot", DOOR),
    ("/reset", DOOR),
    ("/setup/x", DOOR),
    ("/sign-in", DOOR),
    ("/sign-in/code", "code=123456&next=/account"),
    ("/sign-in/link", "password=a rather peculiar phrase&next=/account"),
    ("/sign-in/passkey", "question=x&credential={}&next=/account"),
    ("/account/passkeys", "question=x&credential={}&name=Phone"),
    ("/account/passkeys/remove", "id=x"),
    ("/invitation", DOOR),
    ("/books/new", "title=Emma&authors=Jane Austen&isbn=9780141439587&language=en&year=1815"),
    ("/books/1/edit", "title=Emma&version=1"),
    ("/books/1/delete", "confirm=yes"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_form_of_the_shop_ends_in_a_server_error() {
    let world = World::new().await.unwrap();
    let cart = guest_cart(&world.store).await.unwrap();
    let visitors = [
        String::new(),
        format!("emart_session={}; emart_cart={cart}", world.ada.session),
        "emart_session=%00; emart_cart=crt_x.%ff; emart_checkout=\"%7b\"".to_owned(),
    ];
    let mut asker = Asker::of_pages(world.store.addr);
    let account = with_cookie(get("/account"), &visitors[1]);
    asker.expect("who has signed in", &[200], &account).await;
    for visitor in &visitors {
        for page in PAGES {
            show(&world, &mut asker, page, visitor).await;
        }
        for (path, fields) in FORMS {
            submit(&world, &mut asker, (path, fields), visitor).await;
        }
    }
    asker.expect("afterwards", &[200], &get("/readyz")).await;
    asker.finish("pages", &world.store);
}

/// The cookie of a guest who has put something into a cart.
async fn guest_cart(store: &Store) -> anyhow::Result<String> {
    let cart = store.client().await?.cart(&store.tea().await?, 1).await?;
    let text = |name: &str| cart[name].as_str().unwrap_or_default().to_owned();
    Ok(format!("{}.{}", text("id"), text("token")))
}

async fn show(world: &World, asker: &mut Asker, page: &str, visitor: &str) {
    let page = with_ids(world, page);
    let long = "a".repeat(3000);
    for value in NASTY_SEGMENTS.into_iter().chain(["", "%22%3E%3Cscript%3E", long.as_str()]) {
        let request = with_cookie(get(&page.replace("{}", value)), visitor);
        asker.expect(&format!("{page} with {value:.40}"), &[], &request).await;
    }
}

/// One field after the other is wrong.
async fn submit(world: &World, asker: &mut Asker, (path, fields): (&str, &str), visitor: &str) {
    let (path, fields) = (with_ids(world, path), with_ids(world, fields));
    let fields: Vec<(&str, &str)> =
        fields.split('&').filter_map(|field| field.split_once('=')).collect();
    let form =
        with_cookie(get(&path), visitor).with("content-type", "application/x-www-form-urlencoded");
    let form = Request { method: "POST".to_owned(), ..form };
    for body in [&b""[..], b"%", b"&&&", b"=", b"a=%ff", b"\xff", b"a=%00"] {
        let request = Request { body: bytes::Bytes::from_static(body), ..form.clone() };
        asker.expect(&format!("{path} with no form"), &[], &request).await;
    }
    for (wrong, _) in &fields {
        for value in nasty().iter().filter_map(Value::as_str) {
            let pairs = fields.iter().map(|(name, good)| {
                let value = if name == wrong { value } else { good };
                format!("{name}={}", byte_serialize(value.as_bytes()).collect::<String>())
            });
            let body = pairs.collect::<Vec<_>>().join("&").into();
            let what = format!("{path} with {wrong}={value:.40}");
            asker.expect(&what, &[], &Request { body, ..form.clone() }).await;
        }
    }
}

/// Ada's own ids where a page is about something of somebody's.
fn with_ids(world: &World, text: &str) -> String {
    ["adr", "chk", "cln", "ord"].into_iter().fold(text.to_owned(), |text, kind| {
        let id = world.ada.pool.known(kind).first().cloned().unwrap_or_default();
        text.replace(&format!("{{{kind}}}"), &id)
    })
}

fn with_cookie(request: Request, visitor: &str) -> Request {
    if visitor.is_empty() { request } else { request.with("cookie", visitor) }
}
