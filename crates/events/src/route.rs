//! Where an event goes at the broker: the names of streams, subjects and consumers, and the partition of a subject.
//!
//! Nothing here may ever change: events on their way would be looked for elsewhere, or overtake one another.

use std::fmt::Write as _;

/// Into so many parts a service's events are divided. One copy of a consumer works on a part at a time.
pub(crate) const PARTITIONS: u8 = 8;

/// The part an event belongs to: all events of a subject to the same.
pub(crate) fn partition(subject: &str) -> u8 {
    u8::try_from(hash(&[subject]) % u64::from(PARTITIONS)).unwrap_or_default()
}

/// A hash that is the same in every program and on every machine: FNV-1a, then stirred so that all bits count alike.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // Between two parts, which thereby are not one.
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The stream of what a service tells.
pub(crate) fn stream(namespace: &str, service: &str) -> String {
    format!("{}-{}", plain(namespace), plain(service))
}

/// Every subject of that stream.
pub(crate) fn subjects(namespace: &str, service: &str) -> String {
    format!("{}.{}.*.>", plain(namespace), plain(service))
}

/// The subject of an event of one type.
pub(crate) fn subject(namespace: &str, service: &str, partition: u8, kind: &str) -> String {
    let kind: Vec<_> = kind.split('.').map(plain).collect();
    format!("{}.{}.{partition}.{}", plain(namespace), plain(service), kind.join("."))
}

/// The subjects in which a consumer of these types finds them. Servers before 2.10 know one filter: who listens to
/// several types is handed all, and leaves out what it does not listen to.
pub(crate) fn filter(namespace: &str, service: &str, partition: u8, kinds: &[&str]) -> String {
    match kinds {
        [kind] => subject(namespace, service, partition, kind),
        _ => format!("{}.{}.{partition}.>", plain(namespace), plain(service)),
    }
}

/// What the broker calls a consumer's reading of one partition.
pub(crate) fn durable(consumer: &str, partition: u8) -> String {
    format!("{}-{partition}", plain(consumer))
}

/// Where a copy that has told something calls the one that carries.
pub(crate) fn knock(namespace: &str, service: &str) -> String {
    format!("{}.{}.knock", plain(namespace), plain(service))
}

/// The service that emits events of this type.
pub(crate) fn service_of(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(service, _)| service)
}

/// One word of a name at the broker. Plain words, and all ours are, stay as they are.
fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "={byte:02x}");
        }
    }
    if out.is_empty() {
        out.push('=');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_stays_in_its_partition_for_ever() {
        let subjects = ["", "a", "b", "ord_01JZX0", "usr_7", "jane@example.org", "größe", "s299"];
        let partitions = subjects.map(partition);
        assert_eq!(partitions, [5, 5, 0, 0, 3, 5, 0, 7]);
        assert_eq!(hash(&["a", "b"]), 0xb912_458b_53ec_5105);
    }

    #[test]
    fn subjects_are_spread_evenly() {
        let mut counts = [0_u32; PARTITIONS as usize];
        for n in 0..8000 {
            counts[usize::from(partition(&format!("ord_{n}")))] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn names_say_where_an_event_is() {
        let kind = "orders.order_placed.v1";
        assert_eq!(stream("emart", "orders"), "emart-orders");
        assert_eq!(subjects("emart", "orders"), "emart.orders.*.>");
        assert_eq!(subject("emart", "orders", 3, kind), "emart.orders.3.orders.order_placed.v1");
        assert_eq!(filter("emart", "orders", 3, &[kind]), subject("emart", "orders", 3, kind));
        assert_eq!(filter("emart", "orders", 3, &[kind, "orders.x.v1"]), "emart.orders.3.>");
        assert_eq!(durable("notifications", 7), "notifications-7");
        assert_eq!(service_of(kind), "orders");
    }

    #[test]
    fn what_is_no_plain_word_cannot_leave_its_place_in_a_name() {
        let odd = subject("a b", "x.*", 0, "evil.>.\r\n.ünd..v1");
        assert_eq!(odd, "a=20b.x=2e=2a.0.evil.=3e.=0d=0a.=c3=bcnd.=.v1");
        assert_ne!(stream("a", "b-c"), stream("a-b", "c"));
        assert_eq!(stream("", "x"), "=-x");
    }
}
