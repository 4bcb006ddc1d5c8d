//! Giving events to the broker, in order.

use std::sync::Arc;

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;

use super::Broker;
use crate::event::Letter;
use crate::metrics::ServiceLabels;
use crate::route;

impl Broker {
    /// Publishes a service's events; returns how many of them, from the first, the broker has for good, and why not
    /// the others.
    ///
    /// All are on their way at once, yet none is stored before the one ahead of it: each names its predecessor, and the
    /// broker refuses what does not follow on it.
    pub(crate) async fn publish(
        &self,
        service: &'static str,
        letters: &[Arc<Letter>],
    ) -> (usize, Option<String>) {
        let labels = ServiceLabels { service };
        let (through, error) = self.publish_all(service, letters).await;
        let published = u64::try_from(through).unwrap_or_default();
        self.counts.published.get_or_create(&labels).inc_by(published);
        if error.is_some() {
            self.counts.publish_errors.get_or_create(&labels).inc();
            self.doubt(service);
        }
        (through, error)
    }

    async fn publish_all(
        &self,
        service: &'static str,
        letters: &[Arc<Letter>],
    ) -> (usize, Option<String>) {
        if let Err(error) = self.ready() {
            return (0, Some(error));
        }
        let mut link = self.link();
        let number = link.borrow_and_update().number;
        let context = match self.stream(service, true).await {
            Ok(context) => context,
            Err(error) => return (0, Some(error)),
        };
        let (mut acks, mut error) = (Vec::with_capacity(letters.len()), None);
        let mut before: Option<&str> = None;
        for letter in letters {
            let mut message = PublishMessage::build()
                .message_id(&letter.id)
                .expected_stream(self.stream_name(service))
                .payload(letter.text.clone().into());
            if let Some(before) = before {
                message = message.expected_last_message_id(before);
            }
            before = Some(&letter.id);
            let partition = route::partition(&letter.subject);
            let subject = route::subject(&self.nats.namespace, service, partition, &letter.kind);
            match context.send_publish(subject, message).await {
                Ok(ack) => acks.push(ack),
                Err(refused) => {
                    error = Some(format!("event {}: {refused}", letter.id));
                    break;
                }
            }
        }
        let sent = acks.len();
        for (through, ack) in acks.into_iter().enumerate() {
            let ack = tokio::select! {
                biased;
                ack = ack.into_future() => ack,
                // What was on its way may have arrived: it is recognised when it comes again.
                _ = link.wait_for(|now| !now.connected || now.number != number) => {
                    return (through, Some("the connection was lost".to_owned()));
                }
            };
            match ack {
                Ok(_) => {}
                // The one ahead was there before, and others came after it. What is left begins a new row.
                Err(refused)
                    if through > 0 && refused.kind() == PublishErrorKind::WrongLastMessageId =>
                {
                    return (through, None);
                }
                Err(refused) => {
                    return (through, Some(format!("event {}: {refused}", letters[through].id)));
                }
            }
        }
        (sent, error)
    }
}
