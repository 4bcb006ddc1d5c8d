//! Packing slips: what goes into a parcel, for whoever packs it. No prices.

use emart_orders_api::{Order, OrderLine};

use crate::Config;
use crate::receipt::paper::{Align, BOLD, Column, GREY, Paper, REGULAR};
use crate::receipt::{day, head};

/// The table of lines: a box to tick, how many, what, its SKU.
const COLUMNS: [Column; 3] = [
    Column { x: 0.0, width: 50.0, align: Align::Left },
    Column { x: 60.0, width: 290.0, align: Align::Left },
    Column { x: 360.0, width: 139.0, align: Align::Left },
];

/// Draws the slips of some orders, each from a page of its own.
pub(crate) fn draw(orders: &[Order], config: &Config) -> anyhow::Result<Vec<u8>> {
    let title = match orders {
        [order] => format!("Packing slip {}", order.number),
        _ => "Packing slips".to_owned(),
    };
    let mut paper = Paper::new(&title, &config.shop_name)?;
    for (place, order) in orders.iter().enumerate() {
        if place > 0 {
            paper.new_page();
        }
        slip(&mut paper, order, config);
    }
    paper.finish()
}

fn slip(paper: &mut Paper, order: &Order, config: &Config) {
    let title = format!("Packing slip {}", order.number);
    let mut facts = vec![format!("Ordered {}", day(order.placed_at))];
    facts.extend(order.shipping_method.clone());
    facts.extend(order.delivery_date.as_ref().map(|date| format!("Delivery {date}")));
    head(paper, order, config, (&title, facts));
    for (column, words) in COLUMNS.iter().zip(["Pieces", "Item", "SKU"]) {
        paper.cell(words, column, BOLD.sized(9.5));
    }
    paper.down(6.0);
    paper.rule();
    paper.down(15.0);
    for line in order.lines.iter().filter(|line| line.to_send() > 0) {
        self::line(paper, line);
    }
    if order.lines.iter().all(|line| line.to_send() == 0) {
        paper.text("Nothing is left to be sent.", 0.0, REGULAR.sized(10.0));
        paper.down(18.0);
    }
    paper.rule();
    paper.down(18.0);
    if let Some(note) = &order.note {
        paper.text("The customer wrote:", 0.0, BOLD.sized(9.5));
        paper.down(14.0);
        for words in paper.wrap(note, 499.0, REGULAR.sized(10.0)) {
            paper.make_room(20.0);
            paper.text(&words, 0.0, REGULAR.sized(10.0));
            paper.down(13.5);
        }
    }
}

fn line(paper: &mut Paper, line: &OrderLine) {
    paper.make_room(34.0);
    let cells =
        [line.to_send().to_string(), line.title.clone(), line.sku.clone().unwrap_or_default()];
    for (column, words) in COLUMNS.iter().zip(&cells) {
        paper.cell(words, column, REGULAR.sized(11.0));
    }
    if !line.variant_title.is_empty() {
        paper.down(12.0);
        paper.cell(&line.variant_title, &COLUMNS[1], REGULAR.sized(8.5).colored(GREY));
    }
    paper.down(20.0);
}
