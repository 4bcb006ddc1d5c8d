//! What staff change: templates and the mail server; and what they see of e-mails.

use std::sync::{Arc, Mutex};

use emart_content_api::{Profile, ProfileChanged};
use emart_http::{Caller, Permission, Permissions, Role};
use emart_identity_api::{PasswordResetRequested, UserId, UserRegistered};
use emart_notifications::Config;
use serde_json::json;

use super::{EMAILS, Office, mail_server, order_placed};

const TEMPLATES: &str = "/api/v1/notifications/templates";
const MAIL_SERVER: &str = "/api/v1/notifications/mail-server";

#[tokio::test]
async fn staff_change_a_template_and_the_next_email_is_written_with_it() {
    for office in Office::both(Config::default).await {
        let welcome = format!("{TEMPLATES}/welcome");
        office.guest.get(&welcome).await.expect_problem(401, "unauthorized");
        assert_eq!(office.clerk.get(&welcome).await.expect(200)["changed"], false);
        let own = json!({
            "subject": "Hello {{ it.name }}",
            "text": "Welcome to {{ shop }}",
            "html": "{% extends 'layout.html' %}{% block body %}<b>{{ it.name }}</b>{% endblock %}",
        });
        let seen = office.clerk.header("if-match", "\"0\"");
        let put = seen.put(&welcome, &own).await;
        assert_eq!(put.expect(200)["changed"], true);
        seen.put(&welcome, &own).await.expect_problem(412, "version-conflict");
        let name = "<img src=x onerror=alert(1)>".to_owned();
        let registered = UserRegistered {
            user_id: UserId::new(),
            email: "ada@example.com".to_owned(),
            name: Some(name),
            confirmed: true,
        };
        office.tell(registered.clone()).await;
        let content = office.content(&office.listed().await[0]).await;
        assert_eq!(content["subject"], "Hello <img src=x onerror=alert(1)>");
        let html = content["html"].as_str().unwrap();
        assert!(html.contains("<b>&lt;img src=x onerror=alert(1)&gt;</b>"), "{html}");
        office.clerk.delete(&welcome).await.expect(200);
        office.tell(registered).await;
        assert_eq!(office.listed().await[0]["subject"], "Welcome to E-Mart");
    }
}

#[tokio::test]
async fn emails_speak_for_the_shop_by_the_name_staff_gave_it() {
    for office in Office::both(Config::default).await {
        let profile = Profile {
            name: "Tea & Co".to_owned(),
            headline: String::new(),
            tagline: String::new(),
            contact_email: String::new(),
            contact_phone: String::new(),
            language: "en".to_owned(),
            accent: None,
            accent_dark: None,
            logo: None,
            version: 1,
            updated_at: None,
        };
        office.tell(ProfileChanged { profile }).await;
        office.tell(order_placed()).await;
        assert_eq!(office.listed().await[0]["subject"], "Your order 1001 at Tea & Co");
    }
}

#[tokio::test]
async fn a_template_with_mistakes_is_refused_line_by_line_and_changes_nothing() {
    for office in Office::both(Config::default).await {
        let path = format!("{TEMPLATES}/order_confirmation");
        let wrong = json!({
            "subject": "{{ it.numbr }}",
            "text": "one\n{% if %}",
            "html": "<p>{{ it.name|safe }}</p>",
        });
        let put = office.clerk.header("if-match", "\"0\"").put(&path, &wrong).await;
        let problem = put.expect_problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        let pointers: Vec<_> =
            errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/subject", "/text", "/html"]);
        assert!(errors[1]["detail"].as_str().unwrap().starts_with("line 2"), "{problem}");
        assert_eq!(office.clerk.get(&path).await.expect(200)["changed"], false);
        let fine = json!({"subject": "Order {{ it.number }}", "text": "x", "html": "<p>x</p>"});
        let preview = office.clerk.post(&format!("{path}/previews"), &fine).await.expect(200);
        assert_eq!(preview["subject"], "Order 1001");
        let test = json!({"to": "me@example.com", "content": fine});
        office.clerk.post(&format!("{path}/tests"), test).await.expect(201);
        assert_eq!(office.listed().await[0]["subject"], "Order 1001");
        let nobody = json!({"to": "nobody"});
        office.clerk.post(&format!("{path}/tests"), nobody).await.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn an_orders_emails_are_found_by_it_and_sent_again() {
    for office in Office::both(Config::default).await {
        let placed = order_placed();
        let order = placed.order.id.clone();
        office.tell(placed).await;
        office.tell(order_placed()).await;
        let path = format!("{EMAILS}?order={order}");
        let only_orders = Permissions::NONE.with(Permission::OrdersRead);
        let picker =
            office.guest.by(Caller::person(Role::Staff, "usr_picker").allowed(only_orders));
        let found = picker.get(&path).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        picker.get(EMAILS).await.expect_problem(403, "forbidden");
        let email = format!("{EMAILS}/{}", found["items"][0]["id"].as_str().unwrap());
        picker.get(&email).await.expect(200);
        let resend = format!("{email}/resends");
        picker.post(&resend, json!({})).await.expect_problem(403, "forbidden");
        let again = office.clerk.post(&resend, json!({})).await.expect(201);
        assert_eq!(again["order_id"], order.as_str());
        assert_eq!(office.clerk.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_link_that_lets_somebody_in_is_not_for_staff_to_see() {
    for office in Office::both(Config::default).await {
        office
            .tell(PasswordResetRequested {
                email: "boss@example.com".to_owned(),
                token: "t0ken".to_owned(),
                expires_at: office.clock.now(),
            })
            .await;
        let path = format!("{EMAILS}/{}", office.listed().await[0]["id"].as_str().unwrap());
        let seen = |answer: emart_testkit::Answer| {
            answer.expect(200);
            String::from_utf8(answer.body).unwrap().contains("t0ken")
        };
        assert!(!seen(office.clerk.get(&path).await));
        assert!(seen(office.guest.by(Caller::person(Role::Admin, "usr_boss")).get(&path).await));
    }
}

#[tokio::test]
async fn the_mail_server_staff_set_is_used_and_its_password_never_shown() {
    let (url, received) = mail_server(Arc::new(Mutex::new(false))).await;
    let port: u16 = url.rsplit(':').next().unwrap().parse().unwrap();
    for office in Office::both(Config::default).await {
        received.lock().unwrap().clear();
        office.clerk.get(MAIL_SERVER).await.expect_problem(403, "forbidden");
        let boss = office.guest.by(Caller::person(Role::Admin, "usr_boss"));
        assert_eq!(boss.get(MAIL_SERVER).await.expect(200)["route"], "mailbox");
        let put = json!({
            "host": "127.0.0.1", "port": port, "security": "none", "from": "Tea <tea@example.com>",
        });
        let seen = boss.header("if-match", "\"0\"");
        let set = seen.put(MAIL_SERVER, &put).await.expect(200);
        assert_eq!(set["route"], "office");
        seen.put(MAIL_SERVER, &put).await.expect_problem(412, "version-conflict");
        let tested =
            boss.post(&format!("{MAIL_SERVER}/tests"), json!({"to": "me@example.com"})).await;
        assert_eq!(tested.expect(200)["taken"], true);
        office.tell(order_placed()).await;
        office.newest_in_state("sent").await;
        let letters = received.lock().unwrap().clone();
        assert_eq!(letters.len(), 2);
        assert!(letters[1].contains("tea@example.com"), "{}", letters[1]);
        let mut with_password = put.clone();
        with_password["username"] = "tea".into();
        let version = format!("\"{}\"", set["version"]);
        let seen = boss.header("if-match", &version);
        seen.put(MAIL_SERVER, &with_password).await.expect_problem(422, "invalid");
        with_password["password"] = "hunter2".into();
        let set = seen.put(MAIL_SERVER, &with_password).await;
        assert_eq!(set.expect(200)["has_password"], true);
        for answer in [set, boss.get(MAIL_SERVER).await] {
            assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"));
        }
        assert_eq!(boss.delete(MAIL_SERVER).await.expect(200)["route"], "mailbox");
    }
}
