//! Content, e-mails and connections: what the forms send on, and what is shown of what services say.

use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};

use super::Browser;
use super::shop::content::PAGE;
use super::shop::notifications::{SECRET, WEBHOOK};

#[tokio::test]
async fn a_page_is_written_and_a_mistake_stands_beside_its_field() {
    let mut browser = Browser::of_an_administrator();
    assert!(browser.open("/admin/content").await.body.contains("&#60;script&#62;"));
    let new = "/admin/content/pages/new";
    let wrong = browser.post(new, "title=&body=x&state=draft").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Must be 1 to 120 characters on one line."), "{}", wrong.body);
    let made = browser.post(new, "title=Our+tea&body=x&state=draft").await;
    assert_eq!(made.location(), format!("/admin/content/pages/{PAGE}"));
}

#[tokio::test]
async fn who_saves_a_page_second_sees_both_versions() {
    let mut browser = Browser::of_an_administrator();
    let path = format!("/admin/content/pages/{PAGE}");
    let fine = browser.post(&path, "version=7&title=About&handle=about&body=x&state=draft").await;
    assert_eq!(fine.status, StatusCode::SEE_OTHER);
    let late = browser.post(&path, "version=6&title=Mine&handle=about&body=x&state=draft").await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert!(late.body.contains("Mine") && late.body.contains("About us"));
    assert!(late.body.contains("name=\"version\" value=\"7\""), "{}", late.body);
}

#[tokio::test]
async fn previews_are_for_frames_of_ours_and_nothing_runs_in_them() {
    let mut browser = Browser::of_an_administrator();
    for (path, form, shown) in [
        ("/admin/content/pages/preview", "title=Tea&body=x", "<p>cleaned</p>"),
        (
            "/admin/emails/templates/welcome/preview",
            "subject=a&text=b&html=%3Cb%3Ec%3C%2Fb%3E",
            "<b>c</b>",
        ),
    ] {
        let seen = browser.post(path, form).await;
        assert!(seen.body.contains(shown), "{}", seen.body);
        let policy = seen.header(CONTENT_SECURITY_POLICY);
        assert!(
            policy.starts_with("default-src 'none';") && policy.ends_with("sandbox"),
            "{policy}"
        );
        assert_eq!(seen.header(X_FRAME_OPTIONS), "SAMEORIGIN");
    }
}

#[tokio::test]
async fn a_menu_is_sent_in_the_order_of_its_numbers() {
    let mut browser = Browser::of_an_administrator();
    let path = "/admin/content/menus/header";
    assert!(browser.open(path).await.body.contains("name=\"label\""));
    let rows = "version=0&at=2&label=Second&kind=page&value=about&at=1&label=First&kind=url&value=/books\
                &at=3&label=&kind=page&value=";
    assert_eq!(browser.post(path, rows).await.status, StatusCode::SEE_OTHER);
    let hostile = rows.replace("value=/books", "value=javascript:alert(1)");
    let seen = browser.post(path, &hostile).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("Must be a path."), "{}", seen.body);
    assert_eq!(browser.open("/admin/content/menus/attic").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_colour_that_cannot_be_read_is_told_beside_it() {
    let mut browser = Browser::of_an_administrator();
    let path = "/admin/content/shop";
    assert!(browser.open(path).await.body.contains("settings of the machine"));
    let seen = browser.post(path, "version=0&name=Tea&language=en&accent=%23ffee00").await;
    assert!(seen.body.contains("Cannot be read on #fbf9f4."), "{}", seen.body);
    let seen = browser.post(path, "version=0&name=Tea&language=en&accent=").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_webhooks_secret_is_shown_once() {
    let mut browser = Browser::of_an_administrator();
    assert!(!browser.open("/admin/connections").await.body.contains("<script>alert"));
    let new = "/admin/connections/webhooks/new";
    let wrong = browser.post(new, "url=http://x.example&events=order.placed").await;
    assert!(wrong.body.contains("Must begin with https://."), "{}", wrong.body);
    let made = browser.post(new, "url=https://x.example&events=order.placed&enabled=true").await;
    assert!(made.body.contains(SECRET), "{}", made.body);
    let later = browser.open(&format!("/admin/connections/webhooks/{WEBHOOK}")).await;
    assert!(!later.body.contains(SECRET) && later.body.contains("JldA="));
    assert!(later.body.contains("Given up") && !later.body.contains("<script>alert"));
}

#[tokio::test]
async fn a_templates_mistake_is_told_with_its_line_and_its_text_stays_text() {
    let mut browser = Browser::of_an_administrator();
    let path = "/admin/emails/templates/welcome";
    let seen = browser.open(path).await;
    assert!(!seen.body.contains("</textarea><script>"), "{}", seen.body);
    let wrong = browser.post(path, "version=0&subject=a&text=b&html=x%0A%7B%25+if+%25%7D").await;
    assert!(wrong.body.contains("Line 2: unexpected end of block."), "{}", wrong.body);
    assert_eq!(browser.post(path, "version=0&subject=a&text=b&html=c").await.location(), path);
    for path in ["/admin/emails", "/admin/connections/mail", "/admin/connections/payments"] {
        assert_eq!(browser.open(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(browser.open("/admin/emails/templates/..%2Fx").await.status, StatusCode::NOT_FOUND);
}
