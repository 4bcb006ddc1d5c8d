//! Many random schedules: whatever happens in whatever order, each subject's events take effect once and in order.

use std::collections::BTreeMap;
use std::time::Duration;

use emart_testkit::TestStore;
use proptest::prelude::*;

use crate::line::{Line, Posted, World, still};

#[derive(Debug, Clone)]
enum Step {
    /// An event of a subject; the consumer cannot handle some of them while it is ill.
    Emit {
        subject: u8,
        poison: bool,
    },
    Settle,
    Wait,
    Ill(bool),
    /// The process dies and starts again.
    Die,
    /// Everything ever posted is posted once more.
    Repeat,
    RetryParked,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3u8, any::<bool>()).prop_map(|(subject, poison)| Step::Emit { subject, poison }),
        4 => Just(Step::Settle),
        3 => Just(Step::Wait),
        2 => any::<bool>().prop_map(Step::Ill),
        1 => Just(Step::Die),
        1 => Just(Step::Repeat),
        1 => Just(Step::RetryParked),
    ]
}

/// What was emitted, by subject.
type Emitted = BTreeMap<String, Vec<i64>>;

async fn play(store: TestStore, steps: Vec<Step>) {
    let mut line = Line::open(store.settings(), World::new(still())).await;
    let (mut emitted, mut posted) = (Emitted::new(), Vec::<Posted>::new());
    let mut number = 0;
    for step in steps {
        match step {
            Step::Emit { subject, poison } => {
                number += 1;
                let (subject, number) =
                    (format!("s{subject}"), if poison { -number } else { number });
                line.emit(&subject, number).await;
                posted.extend(line.posted().await.pop());
                emitted.entry(subject).or_default().push(number);
            }
            Step::Settle => line.settle().await,
            Step::Wait => line.world.clock.advance(Duration::from_secs(600)),
            Step::Ill(ill) => line.poison(ill),
            Step::Die => {
                let world = line.world.clone();
                drop(line);
                line = Line::open(store.settings(), world).await;
            }
            Step::Repeat => line.post_again(&posted).await,
            Step::RetryParked => line.retry_all().await,
        }
        for (subject, numbers) in &emitted {
            assert!(numbers.starts_with(&line.seen_of(subject).await), "{subject} lost its order");
        }
    }
    line.poison(false);
    line.retry_all().await;
    line.settle_after_all_tries().await;
    for (subject, numbers) in &emitted {
        assert_eq!(line.seen_of(subject).await, *numbers, "{subject}");
    }
    assert_eq!((line.held().await, line.posted().await.len()), (0, 0));
}

fn run(play: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(play);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_event_takes_effect_once_and_in_order_on_sqlite(steps in prop::collection::vec(step(), 1..40)) {
        run(play(TestStore::sqlite(), steps));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_event_takes_effect_once_and_in_order_on_postgresql(steps in prop::collection::vec(step(), 1..40)) {
        run(async { play(TestStore::postgres().await, steps).await });
    }
}
