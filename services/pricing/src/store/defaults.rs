//! What a new store begins with: the VAT of its neighbours and three ways to send things. Once; what staff delete
//! stays deleted.

use emart_pricing_api::{
    PutShippingMethod, PutTaxRate, ShippingMethodId, ShippingPrice, TaxRateId, WeightBracket,
};
use emart_store::{Db, Error, Tx, vals};
use emart_types::{Currency, Money, Rate};

use crate::domain::countries;
use crate::store::{shipping, taxes};

/// Fills a database that has never been filled.
pub(crate) async fn seed(db: &Db, currency: Currency) -> Result<(), Error> {
    db.write(move |tx| async move {
        let first =
            "INSERT INTO settings (key, value) VALUES ('seeded', '1') ON CONFLICT DO NOTHING";
        if tx.exec(first, vals![]).await? == 0 {
            return Ok(());
        }
        seed_taxes(&tx).await?;
        for method in methods(currency) {
            shipping::insert(&tx, &ShippingMethodId::new(), &method).await?;
        }
        Ok(())
    })
    .await
}

async fn seed_taxes(tx: &Tx) -> Result<(), Error> {
    for country in countries::all().iter().filter(|country| country.vat_ppm > 0) {
        let percent = country.vat_ppm / 10_000;
        let tenth = country.vat_ppm % 10_000 / 1000;
        let name = if tenth == 0 {
            format!("VAT {percent} %")
        } else {
            format!("VAT {percent}.{tenth} %")
        };
        let rate = PutTaxRate {
            country: country.code.to_owned(),
            region: None,
            name,
            rate: Rate(country.vat_ppm),
            on_shipping: true,
            next: None,
        };
        taxes::insert(tx, &TaxRateId::new(), &rate).await?;
    }
    Ok(())
}

fn methods(currency: Currency) -> [PutShippingMethod; 3] {
    // Whole units of the currency, so that they make sense in yen as in euros.
    let unit = 10_i64.pow(currency.exponent());
    let money = |units: i64| Money::new(units * unit, currency);
    let bracket = |up_to_grams, units| WeightBracket { up_to_grams, amount: money(units) };
    let method = |name: &str, description: &str, price| PutShippingMethod {
        name: name.to_owned(),
        description: description.to_owned(),
        countries: Vec::new(),
        regions: Vec::new(),
        price,
        active: true,
    };
    let flat = |amount, free_over| ShippingPrice::Flat { amount, free_over };
    let brackets = vec![bracket(1000, 3), bracket(5000, 7), bracket(31_500, 15)];
    [
        method("Standard", "2 to 4 working days", flat(money(5), Some(money(60)))),
        method("Express", "Next working day", flat(money(12), None)),
        method(
            "Economy by weight",
            "5 to 8 working days",
            ShippingPrice::ByWeight { brackets, free_over: None },
        ),
    ]
}
