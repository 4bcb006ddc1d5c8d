//! What a promotion must look like to be kept.

use emart_pricing_api::{Benefit, Goods, PutPromotion};
use emart_types::{Currency, Invalid, Money, Rate};

use crate::domain::countries;

const MOST_MINOR: i64 = 1_000_000_000_000;
const WHOLE: Rate = Rate(1_000_000);

/// Says all that is wrong at once.
pub(crate) fn check(body: &PutPromotion, currency: Currency) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let title = body.title.trim().chars().count();
    let plain = !body.title.chars().any(char::is_control);
    invalid.require((1..=80).contains(&title) && plain, "/title", "must be 1 to 80 characters");
    if let Some(code) = &body.code {
        let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        let fits = (3..=40).contains(&code.len()) && code.chars().all(known);
        invalid.require(fits, "/code", "must be 3 to 40 letters, digits and -");
    }
    check_benefit(&mut invalid, &body.benefit, currency);
    check_goods(&mut invalid, "/goods", &body.goods);
    let conditions = &body.conditions;
    check_money(
        &mut invalid,
        "/conditions/minimum_subtotal",
        conditions.minimum_subtotal,
        currency,
    );
    let pieces = conditions.minimum_quantity.unwrap_or(1);
    let detail = "must be from 1 to 9999";
    invalid.require((1..=9999).contains(&pieces), "/conditions/minimum_quantity", detail);
    for (at, code) in conditions.countries.iter().enumerate() {
        if countries::find(code).is_none() {
            invalid.push(format!("/conditions/countries/{at}"), "must be a country such as DE");
        }
    }
    let few = conditions.countries.len() <= 250;
    invalid.require(few, "/conditions/countries", "must be at most 250");
    let uses =
        [("/limits/uses", body.limits.uses), ("/limits/per_customer", body.limits.per_customer)];
    for (pointer, most) in uses {
        let fits = most.is_none_or(|most| (1..=1_000_000_000).contains(&most));
        invalid.require(fits, pointer, "must be from 1 to 1000000000");
    }
    let ends_later = body.starts_at.zip(body.ends_at).is_none_or(|(start, end)| start < end);
    invalid.require(ends_later, "/ends_at", "must be after it starts");
    let known = (-1000..=1000).contains(&body.priority);
    invalid.require(known, "/priority", "must be from -1000 to 1000");
    invalid.finish()
}

fn check_benefit(invalid: &mut Invalid, benefit: &Benefit, currency: Currency) {
    let mut share = |rate: Rate| {
        let fits = rate > Rate(0) && rate <= WHOLE;
        invalid.require(fits, "/benefit/rate", "must be from 1 to 1000000 (100 %)");
    };
    match benefit {
        Benefit::Percent { rate } => share(*rate),
        Benefit::BuyXGetY { buy, get, rate, gets } => {
            share(*rate);
            for (pointer, pieces) in [("/benefit/buy", *buy), ("/benefit/get", *get)] {
                invalid.require((1..=100).contains(&pieces), pointer, "must be from 1 to 100");
            }
            if let Some(gets) = gets {
                check_goods(invalid, "/benefit/gets", gets);
            }
        }
        Benefit::Amount { amount } => {
            check_money(invalid, "/benefit/amount", Some(*amount), currency);
        }
        Benefit::FreeShipping { up_to } => {
            check_money(invalid, "/benefit/up_to", *up_to, currency);
        }
    }
}

fn check_goods(invalid: &mut Invalid, at: &str, goods: &Goods) {
    let products = format!("{at}/products");
    invalid.require(goods.products.len() <= 500, &products, "must be at most 500");
    let categories = format!("{at}/categories");
    invalid.require(goods.categories.len() <= 100, &categories, "must be at most 100");
}

fn check_money(invalid: &mut Invalid, pointer: &str, amount: Option<Money>, currency: Currency) {
    let Some(amount) = amount else { return };
    if amount.currency != currency {
        invalid.push(pointer, format!("must be in {currency}"));
    } else if !(1..=MOST_MINOR).contains(&amount.amount_minor) {
        invalid.push(pointer, "must be from 1 to 1000000000000 minor units");
    }
}
