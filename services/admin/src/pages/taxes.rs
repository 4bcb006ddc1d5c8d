//! Tax rates: by country and region, with changes that are known before they come.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::{Form, Path, Permission};
use emart_pricing_api::{NextTaxRate, PutTaxRate, TaxRate, TaxRateId};
use emart_types::Rate;
use serde::Deserialize;

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{
    Choice, Field, Problems, check, date, percent_value, read_percent, select, some, text,
};
use crate::frame;
use crate::pages::form::FormPage;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::visitor::Visitor;

const LIST: &str = "/admin/taxes";
const FASTER: &str = "Somebody else has changed it meanwhile. This is how it is now.";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(LIST, get(list))
        .route("/admin/taxes/new", get(add).post(adding))
        .route("/admin/taxes/{id}", get(show).post(change))
        .route("/admin/taxes/{id}/remove", post(remove))
}

async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let cursor = asked.cursor().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    let page = admin.clients.pricing.tax_rates(&format!("limit=100{cursor}")).await?;
    let table = Table {
        caption: "Tax rates".to_owned(),
        columns: vec![
            Column::new("Where"),
            Column::new("Name"),
            Column::new("Rate").number(),
            Column::new("On delivery, too"),
            Column::new("Changes"),
        ],
        rows: page.items.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new("No tax rates", "Where there is no rate, no tax is due.")
            .action("/admin/taxes/new", "Add a rate"),
    };
    let frame = admin.frame(&visitor, "Taxes").await;
    let frame = frame
        .note("A region's rate comes before its country's. Where there is none, no tax is due.");
    let listing = Listing::new(frame, table, Pager::new(&asked, page.next_cursor.as_deref()));
    let may = visitor.may(Permission::SellingWrite);
    if may { listing.action("/admin/taxes/new", "Add a rate").page() } else { listing.page() }
}

fn row(rate: &TaxRate) -> Row {
    let body = &rate.body;
    let place = place(body);
    let next = body.next.as_ref();
    let next = next.map(|next| format!("{} % from {}", percent_value(next.rate), next.from));
    let cells = vec![
        Cell::link(format!("{LIST}/{}", rate.id), place.clone()),
        Cell::text(body.name.clone()),
        Cell::number(format!("{} %", percent_value(body.rate))),
        Cell::text(if body.on_shipping { "Yes" } else { "No" }),
        Cell::quiet(next.unwrap_or_default()),
    ];
    Row::new(rate.id.to_string(), place, cells)
}

fn place(body: &PutTaxRate) -> String {
    match &body.region {
        Some(region) => format!("{}-{region}", body.country),
        None => body.country.clone(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RateForm {
    country: String,
    region: String,
    name: String,
    rate: String,
    on_shipping: String,
    next_rate: String,
    next_from: String,
    version: String,
}

impl RateForm {
    fn of(body: &PutTaxRate) -> Self {
        let next = body.next.as_ref();
        Self {
            country: body.country.clone(),
            region: body.region.clone().unwrap_or_default(),
            name: body.name.clone(),
            rate: percent_value(body.rate),
            on_shipping: if body.on_shipping { "true".to_owned() } else { String::new() },
            next_rate: next.map(|next| percent_value(next.rate)).unwrap_or_default(),
            next_from: next.map(|next| next.from.clone()).unwrap_or_default(),
            version: String::new(),
        }
    }

    async fn fields(&self, admin: &Admin, problems: &Problems) -> Result<Vec<Field>, Error> {
        let countries = admin.clients.pricing.countries().await?;
        let choices = countries
            .iter()
            .map(|country| Choice::new(&country.code, &country.name, country.code == self.country));
        let percent =
            |name: &str, label: &str| text(name, label, 8).mode("decimal").half().after("%");
        let fields = vec![
            select("country", "Country", choices.collect()).half(),
            text("region", "Region", 60)
                .value(&self.region)
                .half()
                .optional()
                .hint("State or province, such as CA. The whole country without one."),
            text("name", "Name", 60).value(&self.name).hint("As on receipts: VAT 19 %."),
            percent("rate", "Rate").value(&self.rate),
            check("on_shipping", "Due on delivery, too", self.on_shipping == "true"),
            percent("next_rate", "Then").value(&self.next_rate).optional(),
            date("next_from", "From")
                .value(&self.next_from)
                .optional()
                .hint("A change that is known already: it comes by itself on that day."),
        ];
        Ok(fields.into_iter().map(|field| field.told(problems)).collect())
    }

    fn read(&self) -> Result<PutTaxRate, Problems> {
        let mut problems = Problems::default();
        let rate = read_percent("rate", &self.rate, &mut problems);
        let next_rate = read_percent("next_rate", &self.next_rate, &mut problems);
        let next = match (next_rate, some(&self.next_from)) {
            (Some(rate), Some(from)) => Some(NextTaxRate { rate, from }),
            (Some(_), None) => {
                problems.add("next_from", "Say from which day on");
                None
            }
            (None, Some(_)) if problems.is_empty() => {
                problems.add("next_rate", "Say what it will be");
                None
            }
            _ => None,
        };
        if rate.is_none() && problems.of("rate").is_none() {
            problems.add("rate", "Say how much; 0 is none");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(PutTaxRate {
            country: self.country.clone(),
            region: some(&self.region).map(|region| region.to_uppercase()),
            name: self.name.trim().to_owned(),
            rate: rate.unwrap_or(Rate(0)),
            on_shipping: self.on_shipping == "true",
            next,
        })
    }
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    rate: Option<&TaxRate>,
    (form, problems): (&RateForm, Problems),
) -> Result<FormPage, Error> {
    let title = rate.map_or_else(|| "New tax rate".to_owned(), |rate| rate.body.name.clone());
    Ok(FormPage {
        frame: admin.frame(visitor, title).await.back(LIST, "Taxes"),
        fields: form.fields(admin, &problems).await?,
        problems,
        hidden: vec![("version", rate.map_or(0, |rate| rate.version).to_string())],
        remove: rate.map(|rate| format!("{LIST}/{}/remove", rate.id)).unwrap_or_default(),
        back: LIST,
        button: "Save",
        may_write: visitor.may(Permission::SellingWrite),
    })
}

fn told(error: emart_mesh::CallError) -> Result<Problems, Error> {
    let problems = form_problems(error)?;
    Ok(problems.rename("next.rate", "next_rate").rename("next.from", "next_from"))
}

async fn add(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let form = RateForm { on_shipping: "true".to_owned(), ..RateForm::default() };
    frame::html(&page(&admin, &visitor, None, (&form, Problems::default())).await?)
}

async fn adding(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<RateForm>,
) -> Result<Response, Error> {
    let problems = match form.read() {
        Err(problems) => problems,
        Ok(body) => match admin.clients.pricing.create_tax_rate(&body).await {
            Ok(made) => return Ok(admin.done(LIST, &format!("{} is there.", made.body.name))),
            Err(error) => told(error)?,
        },
    };
    frame::again(&page(&admin, &visitor, None, (&form, problems)).await?)
}

async fn find(admin: &Admin, id: &TaxRateId) -> Result<TaxRate, Error> {
    admin.clients.pricing.tax_rate(id).await?.ok_or(Error::NotFound)
}

async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<TaxRateId>,
) -> Result<Response, Error> {
    let rate = find(&admin, &id).await?;
    let form = RateForm::of(&rate.body);
    frame::html(&page(&admin, &visitor, Some(&rate), (&form, Problems::default())).await?)
}

async fn change(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<TaxRateId>,
    Form(form): Form<RateForm>,
) -> Result<Response, Error> {
    let problems = match form.read() {
        Err(problems) => problems,
        Ok(body) => {
            let version = form.version.parse().unwrap_or(0);
            match admin.clients.pricing.put_tax_rate(&id, version, &body).await {
                Ok(_) => return Ok(admin.done(LIST, "Saved.")),
                Err(error) if is_conflict(&error) => {
                    return Ok(admin.failed(&format!("{LIST}/{id}"), FASTER));
                }
                Err(error) => told(error)?,
            }
        }
    };
    let rate = find(&admin, &id).await?;
    frame::again(&page(&admin, &visitor, Some(&rate), (&form, problems)).await?)
}

async fn remove(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<TaxRateId>,
    Form(sure): Form<crate::pages::form::Sure>,
) -> Result<Response, Error> {
    let rate = find(&admin, &id).await?;
    let back = format!("{LIST}/{id}");
    if !sure.is_yes() {
        let text = "From now on no tax is due there.";
        let item = format!("{}, {}", place(&rate.body), rate.body.name);
        return crate::pages::form::ask(&admin, &visitor, ("Delete this rate?", text, item), &back)
            .await;
    }
    match admin.clients.pricing.delete_tax_rate(&id, rate.version).await {
        Ok(()) => Ok(admin.done(LIST, "The rate is gone.")),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}
