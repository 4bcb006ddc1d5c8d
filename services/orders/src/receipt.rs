//! What is printed of an order, as PDF: the receipt here, invoice and packing slip below. A4, as many pages as it
//! takes, readable by machines as text.

pub(crate) mod invoice;
mod paper;
pub(crate) mod slip;

use emart_identity_api::Address;
use emart_orders_api::{Order, OrderState};
use emart_types::{Money, Timestamp};

use crate::Config;
use crate::receipt::paper::{Align, BOLD, Column, GREY, Paper, REGULAR, Style};

/// The table of lines: what, how many, each, together.
const COLUMNS: [Column; 4] = [
    Column { x: 0.0, width: 270.0, align: Align::Left },
    Column { x: 280.0, width: 40.0, align: Align::Right },
    Column { x: 330.0, width: 75.0, align: Align::Right },
    Column { x: 415.0, width: 84.0, align: Align::Right },
];

/// What stands before the totals.
const LABELS: Column = Column { x: 200.0, width: 205.0, align: Align::Right };

/// Draws an order's receipt.
pub(crate) fn draw(order: &Order, config: &Config) -> anyhow::Result<Vec<u8>> {
    let title = format!("Receipt {}", order.number);
    let mut paper = Paper::new(&title, &config.shop_name)?;
    head(&mut paper, order, config, (&title, facts(order)));
    lines(&mut paper, order);
    totals(&mut paper, order);
    refunds(&mut paper, order);
    foot(&mut paper, order, config);
    paper.finish()
}

/// The shop, what this is, a line of facts, and the addresses.
fn head(paper: &mut Paper, order: &Order, config: &Config, (title, facts): (&str, Vec<String>)) {
    paper.text(&config.shop_name, 0.0, BOLD.sized(20.0));
    paper.down(24.0);
    let vat_id = config.vat_id.as_ref().map(|id| format!("VAT ID {id}"));
    for line in config.shop_address.iter().chain(&vat_id) {
        paper.text(line, 0.0, REGULAR.sized(9.0).colored(GREY));
        paper.down(12.0);
    }
    paper.down(22.0);
    paper.text(title, 0.0, BOLD.sized(15.0));
    paper.down(20.0);
    paper.text(&facts.join("   ·   "), 0.0, REGULAR.sized(9.5).colored(GREY));
    paper.down(26.0);
    let top = paper.place();
    let shipped = address(paper, "Deliver to", &order.shipping_address, 0.0);
    paper.go_to(top);
    let billed = address(paper, "Bill to", &order.billing_address, 260.0);
    paper.go_to(shipped.max(billed));
    paper.down(22.0);
}

/// When it was ordered, when it comes, how it is paid.
fn facts(order: &Order) -> Vec<String> {
    let mut facts = vec![format!("Ordered {}", day(order.placed_at))];
    facts.extend(order.delivery_date.as_ref().map(|date| format!("Delivery {date}")));
    let card = &order.payment;
    let brand = capitalised(&card.brand.replace('_', " "));
    facts.push(match (order.state, card.captured) {
        (OrderState::Cancelled, _) => "Cancelled: the payment was given back".to_owned(),
        _ if card.brand == "none" => "Nothing to pay".to_owned(),
        (_, true) if card.last4.is_empty() => format!("Paid: {brand}"),
        (_, true) => format!("Paid by {brand} ending in {}", card.last4),
        (_, false) => format!("To be paid by {brand} ending in {}", card.last4),
    });
    facts
}

fn day(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d").to_string()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Writes an address; returns where it ends.
fn address(paper: &mut Paper, title: &str, address: &Address, x: f32) -> f32 {
    paper.text(title, x, BOLD.sized(9.5));
    paper.down(14.0);
    for line in address.letter(&address.country) {
        paper.text_within(&line, x, 235.0, REGULAR.sized(10.0));
        paper.down(13.5);
    }
    paper.place()
}

fn lines(paper: &mut Paper, order: &Order) {
    let header = |paper: &mut Paper| {
        for (column, words) in COLUMNS.iter().zip(["Item", "Qty", "Each", "Amount"]) {
            paper.cell(words, column, BOLD.sized(9.5));
        }
        paper.down(6.0);
        paper.rule();
        paper.down(15.0);
    };
    header(paper);
    for line in &order.lines {
        let style = REGULAR.sized(10.0);
        let title = paper.wrap(&line.title, COLUMNS[0].width, style);
        if paper.make_room(28.0 + 12.5 * title.len() as f32) {
            header(paper);
        }
        let cells = [
            title.first().cloned().unwrap_or_default(),
            line.quantity.to_string(),
            line.unit_price.to_string(),
            line.subtotal.to_string(),
        ];
        for (column, words) in COLUMNS.iter().zip(&cells) {
            paper.cell(words, column, style);
        }
        for more in title.iter().skip(1) {
            paper.down(12.5);
            paper.cell(more, &COLUMNS[0], style);
        }
        let sku = line.sku.as_ref().map(|sku| format!("SKU {sku}"));
        let details: Vec<String> = [Some(line.variant_title.clone()), sku]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        if !details.is_empty() {
            paper.down(12.0);
            paper.cell(&details.join("   "), &COLUMNS[0], REGULAR.sized(8.5).colored(GREY));
        }
        paper.down(18.0);
    }
    paper.rule();
    paper.down(18.0);
}

fn totals(paper: &mut Paper, order: &Order) {
    paper.make_room(
        30.0 + 15.5
            * f32::from(u8::try_from(order.taxes.len() + order.discounts.len()).unwrap_or(u8::MAX))
            + 60.0,
    );
    let plain = REGULAR.sized(10.0);
    row(paper, "Subtotal", order.subtotal, plain);
    for discount in order.discounts.iter().filter(|discount| !discount.amount.is_zero()) {
        let code = discount.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let off = Money::new(-discount.amount.amount_minor, discount.amount.currency);
        row(paper, &format!("{}{code}", discount.title), off, plain);
    }
    if let Some(method) = &order.shipping_method {
        row(paper, &format!("Shipping: {method}"), order.shipping_total, plain);
    }
    for tax in &order.taxes {
        let included = if order.prices_include_tax { "included: " } else { "" };
        let label = format!("{included}{} on {}", tax.name, tax.base);
        row(paper, &label, tax.amount, plain.colored(GREY));
    }
    paper.down(5.0);
    row(paper, "Total", order.total, BOLD.sized(12.5));
    if let Some(paid) = order.payment.gift_card_amount {
        let label = format!("of it by gift card {}", order.payment.gift_card_last4.join(", "));
        row(paper, &label, paid, plain.colored(GREY));
    }
    paper.down(14.0);
}

/// What was given back since.
fn refunds(paper: &mut Paper, order: &Order) {
    let given: Vec<_> = order.refunds.iter().filter(|refund| !refund.total.is_zero()).collect();
    if given.is_empty() {
        return;
    }
    let plain = REGULAR.sized(10.0);
    for refund in given {
        paper.make_room(60.0);
        let back = Money::new(-refund.total.amount_minor, refund.total.currency);
        row(paper, &format!("Given back {}", day(refund.at)), back, plain);
    }
    let kept = order.total.amount_minor - order.refunded().amount_minor;
    let kept = Money::new(kept, order.total.currency);
    paper.down(5.0);
    row(paper, "Paid in the end", kept, BOLD.sized(12.5));
    paper.down(14.0);
}

fn row(paper: &mut Paper, label: &str, amount: Money, style: Style) {
    paper.cell(label, &LABELS, style);
    paper.cell(&amount.to_string(), &COLUMNS[3], style);
    paper.down(15.5);
}

fn foot(paper: &mut Paper, order: &Order, config: &Config) {
    paper.make_room(30.0);
    let words = format!("Thank you for buying at {}. Order {}", config.shop_name, order.id);
    paper.text(&words, 0.0, REGULAR.sized(8.5).colored(GREY));
}

#[cfg(test)]
mod tests {
    use emart_orders_api::{FulfilmentState, MoneyState, OrderId, OrderLine, OrderPayment};
    use emart_types::{Currency, Rate};

    use super::*;

    fn order(lines: usize, title: &str) -> Order {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let line = OrderLine {
            variant_id: emart_catalog_api::VariantId::new(),
            handle: "tea".to_owned(),
            title: title.to_owned(),
            variant_title: "100 g".to_owned(),
            sku: Some("TEA-1".to_owned()),
            image: None,
            quantity: 2,
            unit_price: eur(1999),
            subtotal: eur(3998),
            discount: None,
            tax: eur(638),
            total: eur(3998),
            tax_rate: Rate(190_000),
            fulfilled: 0,
            removed: 0,
            returned: 0,
        };
        Order {
            id: OrderId::new(),
            number: 1001,
            state: OrderState::Confirmed,
            email: "ada@example.com".to_owned(),
            lines: vec![line; lines],
            shipping_address: Address { name: "Ada".to_owned(), ..Address::default() },
            billing_address: Address::default(),
            shipping_method: Some("Standard".to_owned()),
            delivery_date: None,
            subtotal: eur(3998),
            discounts: Vec::new(),
            discount_total: None,
            shipping_total: eur(490),
            taxes: Vec::new(),
            tax_total: eur(638),
            total: eur(4488),
            prices_include_tax: true,
            payment: OrderPayment {
                id: emart_payments_api::PaymentId::new(),
                brand: "visa".to_owned(),
                last4: "4242".to_owned(),
                captured: true,
                gift_card_amount: None,
                gift_card_last4: Vec::new(),
            },
            note: None,
            timeline: Vec::new(),
            placed_at: Timestamp::from_millis(1_795_000_000_000),
            payment_state: MoneyState::Paid,
            fulfilment_state: FulfilmentState::Unfulfilled,
            fulfilments: Vec::new(),
            refunds: Vec::new(),
        }
    }

    fn pages(pdf: &[u8]) -> usize {
        let text = String::from_utf8_lossy(pdf);
        text.matches("/Type/Page").count() - text.matches("/Type/Pages").count()
    }

    #[test]
    fn a_receipt_is_a_pdf_of_one_page_and_a_long_one_has_more() {
        let pdf = draw(&order(3, "Green tea"), &Config::default()).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        let long = draw(&order(100, "Green tea"), &Config::default()).unwrap();
        assert!(long.len() > pdf.len());
        assert!(pages(&long) > pages(&pdf), "{} {}", pages(&long), pages(&pdf));
    }

    #[test]
    fn an_invoice_and_a_packing_slip_are_pdfs_and_slips_of_many_orders_are_one() {
        let order = order(3, "Green tea");
        let invoice = invoice::draw(&order, &Config::default()).unwrap();
        let slips = slip::draw(&vec![order.clone(); 3], &Config::default()).unwrap();
        assert_eq!((pages(&invoice), pages(&slips)), (1, 3));
        let one = slip::draw(&[order], &Config::default()).unwrap();
        assert!(one.starts_with(b"%PDF-") && pages(&one) == 1);
    }

    #[test]
    fn texts_that_no_font_holds_or_no_line_takes_do_no_harm() {
        for title in ["茶 🍵", "", "\u{202e}evil\n\t", &"endless ".repeat(1000)] {
            draw(&order(1, title), &Config::default()).unwrap();
        }
    }
}
