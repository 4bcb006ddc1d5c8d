//! What a mail server must be like.

use emart_notifications_api::PutMailServer;
use emart_types::Invalid;

/// Puts a mail server in order; `is_sender` says whether a text can stand in `From`.
pub(crate) fn checked(
    mut put: PutMailServer,
    is_sender: impl Fn(&str) -> bool,
) -> Result<PutMailServer, Invalid> {
    let mut invalid = Invalid::new();
    for text in [&mut put.host, &mut put.username, &mut put.from] {
        *text = text.trim().to_owned();
    }
    let name = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    let host = (1..=253).contains(&put.host.len()) && put.host.chars().all(name);
    invalid.require(host, "/host", "must be a name such as smtp.example.com");
    invalid.require(put.port > 0, "/port", "must be from 1 to 65535");
    let line = |text: &str, longest: usize| {
        text.chars().count() <= longest && !text.chars().any(char::is_control)
    };
    let username = line(&put.username, 254);
    invalid.require(username, "/username", "must be at most 254 characters on one line");
    let password = put.password.as_ref().is_none_or(|password| line(password.expose(), 1000));
    invalid.require(password, "/password", "must be at most 1000 characters on one line");
    let from = put.from.len() <= 320 && is_sender(&put.from);
    invalid.require(from, "/from", "must be an address such as Shop <shop@example.com>");
    invalid.finish()?;
    Ok(put)
}
