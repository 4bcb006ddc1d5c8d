//! Customers.

use emart_http::Role;
use emart_identity_api::{AccountImport, AccountOutcome, Address, Identity, MovedAccount, UserId};
use emart_types::Timestamp;

use super::chance::{Chance, name_of};
use super::{BATCH, DAY_MS, Plan, bar, done};

const FIRST: [&str; 24] = [
    "Ada", "Ben", "Clara", "David", "Elif", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Kira",
    "Lukas", "Mina", "Noah", "Olga", "Paul", "Rosa", "Samir", "Tara", "Ugo", "Vera", "Willem",
    "Yara", "Zoe",
];
const LAST: [&str; 20] = [
    "Andersen", "Bauer", "Costa", "Dietrich", "Eriksen", "Fischer", "Garcia", "Hoffmann",
    "Ivanova", "Jansen", "Keller", "Lehmann", "Moreau", "Novak", "Okafor", "Petrov", "Rossi",
    "Schmidt", "Tanaka", "Weber",
];
const STREETS: [&str; 8] = [
    "Main Street",
    "Garden Road",
    "Mill Lane",
    "Station Road",
    "Park Avenue",
    "Church Street",
    "High Street",
    "Lake View",
];
const CITIES: [(&str, &str); 8] = [
    ("Berlin", "10115"),
    ("Hamburg", "20095"),
    ("Munich", "80331"),
    ("Cologne", "50667"),
    ("Leipzig", "04109"),
    ("Bremen", "28195"),
    ("Dresden", "01067"),
    ("Kiel", "24103"),
];

/// Somebody who buys.
pub(super) struct Customer {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) address: Address,
    created_at: Timestamp,
}

/// The `n`-th of them.
pub(super) fn customer(plan: &Plan, n: u32) -> Customer {
    let mut chance = Chance::of(1, plan.variation, n);
    let (first, last) = (chance.one(&FIRST), chance.one(&LAST));
    let (city, postal_code) = chance.one(&CITIES);
    let line1 = format!("{} {}", chance.one(&STREETS), 1 + chance.below(120));
    // Those who come first have been here longest, all of them longer than any order.
    let back = i64::from(plan.customers - n) * 60_000 + 750 * DAY_MS;
    let created_at = Timestamp::from_millis(plan.today.as_millis() - back);
    let of = if plan.variation == 1 { String::new() } else { format!(".{}", plan.variation) };
    let email = format!("{first}.{last}.{n}{of}@example.com").to_lowercase();
    let address = Address {
        name: format!("{first} {last}"),
        line1,
        line2: None,
        city: city.to_owned(),
        postal_code: postal_code.to_owned(),
        region: None,
        country: plan.country.clone(),
        phone: None,
    };
    let id = UserId::derived(created_at, name_of("customer", plan.variation, n));
    Customer { id, email, address, created_at }
}

/// Makes them all.
pub(super) async fn make(plan: &Plan, identity: &Identity) -> anyhow::Result<()> {
    let bar = bar("customers", plan.customers)?;
    for from in (0..plan.customers).step_by(BATCH as usize) {
        let to = plan.customers.min(from + BATCH);
        let account = |n| {
            let Customer { id, email, address, created_at } = customer(plan, n);
            let (name, role, password_hash) = (Some(address.name), Role::Customer, None);
            MovedAccount { id, email, name, role, password_hash, created_at }
        };
        let accounts = (from..to).map(account).collect();
        let import = AccountImport { accounts, dry_run: false };
        for outcome in identity.import_accounts(&import).await? {
            if let AccountOutcome::Refused { reason } = outcome {
                anyhow::bail!("{reason}");
            }
        }
        bar.inc((to - from).into());
    }
    done("customers", plan.customers, &bar);
    Ok(())
}
