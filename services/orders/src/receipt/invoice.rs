//! The invoice: what a tax office wants to see. It has the order's number: orders are numbered without gaps, and an
//! order has one invoice.

use emart_orders_api::Order;
use emart_types::{Money, Rate};

use crate::Config;
use crate::receipt::paper::{Align, BOLD, Column, Paper, REGULAR};
use crate::receipt::{day, facts, foot, head, lines, refunds, totals};

/// The table of taxes: which, of what without tax, how much, together.
const COLUMNS: [Column; 4] = [
    Column { x: 0.0, width: 240.0, align: Align::Left },
    Column { x: 250.0, width: 75.0, align: Align::Right },
    Column { x: 335.0, width: 75.0, align: Align::Right },
    Column { x: 415.0, width: 84.0, align: Align::Right },
];

/// Draws an order's invoice.
pub(crate) fn draw(order: &Order, config: &Config) -> anyhow::Result<Vec<u8>> {
    let title = format!("Invoice {}", order.number);
    let mut paper = Paper::new(&title, &config.shop_name)?;
    let mut facts = facts(order);
    facts.insert(0, format!("Invoice date and date of supply {}", day(order.placed_at)));
    head(&mut paper, order, config, (&title, facts));
    lines(&mut paper, order);
    totals(&mut paper, order);
    taxes(&mut paper, order);
    refunds(&mut paper, order);
    foot(&mut paper, order, config);
    paper.finish()
}

fn taxes(paper: &mut Paper, order: &Order) {
    if order.taxes.is_empty() {
        return;
    }
    let rows = f32::from(u8::try_from(order.taxes.len()).unwrap_or(u8::MAX));
    paper.make_room(60.0 + 15.0 * rows);
    for (column, words) in COLUMNS.iter().zip(["Tax", "Net", "Tax amount", "Gross"]) {
        paper.cell(words, column, BOLD.sized(9.5));
    }
    paper.down(6.0);
    paper.rule();
    paper.down(15.0);
    for tax in &order.taxes {
        let gross = tax.base.amount_minor.saturating_add(tax.amount.amount_minor);
        let gross = Money::new(gross, tax.base.currency);
        let cells = [
            format!("{} ({})", tax.name, percent(tax.rate)),
            tax.base.to_string(),
            tax.amount.to_string(),
            gross.to_string(),
        ];
        for (column, words) in COLUMNS.iter().zip(&cells) {
            paper.cell(words, column, REGULAR.sized(10.0));
        }
        paper.down(15.0);
    }
    paper.down(14.0);
}

/// `19 %`, `5.5 %`.
fn percent(Rate(millionths): Rate) -> String {
    let (whole, part) = (millionths / 10_000, millionths % 10_000);
    if part == 0 {
        return format!("{whole} %");
    }
    let part = format!("{part:04}");
    format!("{whole}.{} %", part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_as_people_write_it() {
        assert_eq!(percent(Rate(190_000)), "19 %");
        assert_eq!(percent(Rate(55_000)), "5.5 %");
        assert_eq!(percent(Rate(72_500)), "7.25 %");
    }
}
