//! A change somebody made, as the audit log keeps it. Each service tells of its own changes with the event
//! `<service>.audited.v1`, in the transaction that makes them; `identity` keeps the log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Context;

/// The longest text of a record, in characters; what is longer is cut.
const LONGEST_TEXT: usize = 200;

/// Who changed what, from what to what, and from where. When, the event says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditRecord {
    /// Who: the id of a person or API key, or `service NAME`.
    pub actor: String,
    /// The address they came from; `None` for work that nobody asked for from outside.
    pub client: Option<String>,
    /// The request's id, as in the logs.
    pub request_id: String,
    /// What they did: `product.updated`, `order.refunded`, …
    pub action: String,
    /// The id of what was changed.
    pub resource: String,
    /// What people call it: a title, a number, an address.
    pub label: String,
    /// What the changed fields were; `null` for what is new.
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    /// What they are now; `null` for what is gone.
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}

impl AuditRecord {
    /// A change made by whoever the current request comes from. Made before the transaction that it is emitted in.
    #[must_use]
    pub fn new(action: &str, resource: &str, label: &str) -> Self {
        let context = Context::current().unwrap_or_default();
        let caller = context.caller();
        let actor = caller.user_id().map_or_else(|| caller.to_string(), ToOwned::to_owned);
        Self {
            actor,
            client: context.client().map(|client| client.to_string()),
            request_id: context.request_id().to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            label: label.chars().take(LONGEST_TEXT).collect(),
            before: Value::Null,
            after: Value::Null,
        }
    }

    /// The same record of a change from one state to another: only fields that differ are kept. `None` stands for
    /// what was not there before, or is not there any more.
    #[must_use]
    pub fn change<T: Serialize>(mut self, before: Option<&T>, after: Option<&T>) -> Self {
        let json = |state: Option<&T>| state.and_then(|state| serde_json::to_value(state).ok());
        let (mut before, mut after) =
            (json(before).unwrap_or_default(), json(after).unwrap_or_default());
        if let (Value::Object(before), Value::Object(after)) = (&mut before, &mut after) {
            before.retain(|name, value| match after.get(name) {
                Some(new) if new == value => {
                    after.remove(name);
                    false
                }
                _ => true,
            });
        }
        (self.before, self.after) = (before, after);
        self
    }

    /// Whether nothing was changed after all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        empty(&self.before) && empty(&self.after)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Caller, Role};

    #[tokio::test]
    async fn a_record_says_who_and_keeps_only_what_changed() {
        let context =
            Context::new(Caller::person(Role::Staff, "usr_1")).with_client([192, 0, 2, 7].into());
        let (was, is) = (json!({"price": 5, "title": "Tea"}), json!({"price": 6, "title": "Tea"}));
        let record = context
            .scope(async {
                AuditRecord::new("product.updated", "prd_1", "Tea").change(Some(&was), Some(&is))
            })
            .await;
        assert_eq!((record.actor.as_str(), record.client.as_deref()), ("usr_1", Some("192.0.2.7")));
        assert_eq!((record.before, record.after), (json!({"price": 5}), json!({"price": 6})));
    }

    #[test]
    fn what_is_new_has_no_before_and_what_stays_the_same_is_empty() {
        let state = json!({"title": "Tea"});
        let new = AuditRecord::new("product.created", "prd_1", "Tea").change(None, Some(&state));
        assert_eq!((new.before, new.after), (Value::Null, state.clone()));
        let same = AuditRecord::new("product.updated", "prd_1", "Tea");
        assert!(same.change(Some(&state), Some(&state)).is_empty());
    }
}
