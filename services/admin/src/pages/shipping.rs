//! Ways to send things: where they reach, and what they cost.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::{Form, Path, Permission};
use emart_pricing_api::{
    PutShippingMethod, ShippingMethod, ShippingMethodId, ShippingPrice, WeightBracket,
};
use emart_types::{Currency, Money};
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{
    Choice, Field, Problems, area, check, money, money_value, radios, read_money, some, text,
};
use crate::frame;
use crate::pages::form::{FormPage, Sure, ask};
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;

const LIST: &str = "/admin/shipping";
const FASTER: &str = "Somebody else has changed it meanwhile. This is how it is now.";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(LIST, get(list))
        .route("/admin/shipping/new", get(add).post(adding))
        .route("/admin/shipping/{id}", get(show).post(change))
        .route("/admin/shipping/{id}/remove", post(remove))
}

async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let methods = admin.clients.pricing.shipping_methods().await?;
    let columns = ["Way", "Reaches", "Costs", "State"].map(Column::new);
    let table = Table {
        caption: "Ways to send things".to_owned(),
        columns: columns.into_iter().collect(),
        rows: methods.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new("No way to send anything", "Shoppers cannot order what has to be sent.")
            .action("/admin/shipping/new", "Add a way"),
    };
    let frame = admin.frame(&visitor, "Shipping").await;
    let listing = Listing::new(frame, table, Pager::default());
    let may = visitor.may(Permission::SellingWrite);
    if may { listing.action("/admin/shipping/new", "Add a way").page() } else { listing.page() }
}

fn row(method: &ShippingMethod) -> Row {
    let body = &method.body;
    let places: Vec<&str> =
        body.countries.iter().chain(&body.regions).map(String::as_str).collect();
    let reaches = if places.is_empty() { "Everywhere".to_owned() } else { places.join(", ") };
    let badge =
        if body.active { Badge::new(Tone::Good, "On") } else { Badge::new(Tone::Warn, "Off") };
    let (costs, over) = match &body.price {
        ShippingPrice::Flat { amount, free_over } => (amount.to_string(), free_over),
        ShippingPrice::ByWeight { brackets, free_over } => {
            let from = brackets.first().map(|bracket| bracket.amount.to_string());
            (format!("from {} by weight", from.unwrap_or_default()), free_over)
        }
    };
    let over = over.map(|over| format!("free from {over} on")).unwrap_or_default();
    let cells = vec![
        Cell::link(format!("{LIST}/{}", method.id), body.name.clone())
            .note(body.description.clone()),
        Cell::text(reaches),
        Cell::text(costs).note(over),
        Cell::badge(badge),
    ];
    Row::new(method.id.to_string(), body.name.clone(), cells)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WayForm {
    name: String,
    description: String,
    active: String,
    countries: String,
    regions: String,
    kind: String,
    amount: String,
    brackets: String,
    free_over: String,
    version: String,
}

impl WayForm {
    fn of(body: &PutShippingMethod) -> Self {
        let mut form = Self {
            name: body.name.clone(),
            description: body.description.clone(),
            active: if body.active { "true".to_owned() } else { String::new() },
            countries: body.countries.join(" "),
            regions: body.regions.join(" "),
            ..Self::default()
        };
        match &body.price {
            ShippingPrice::Flat { amount, free_over } => {
                "flat".clone_into(&mut form.kind);
                form.amount = money_value(Some(*amount));
                form.free_over = money_value(*free_over);
            }
            ShippingPrice::ByWeight { brackets, free_over } => {
                "by_weight".clone_into(&mut form.kind);
                let line = |bracket: &WeightBracket| {
                    format!("{} {}", bracket.up_to_grams, bracket.amount.to_decimal())
                };
                form.brackets = brackets.iter().map(line).collect::<Vec<_>>().join("\n");
                form.free_over = money_value(*free_over);
            }
        }
        form
    }

    fn fields(&self, currency: Currency, problems: &Problems) -> Vec<Field> {
        let kinds = [("flat", "Always the same"), ("by_weight", "By weight")];
        let kinds = kinds.map(|(value, label)| Choice::new(value, label, self.kind == value));
        let like = Money::new(490, currency).to_decimal();
        let fields = vec![
            text("name", "Name", 60).value(&self.name).hint("As shoppers see it: Standard."),
            text("description", "Description", 200)
                .value(&self.description)
                .optional()
                .hint("2 to 4 working days."),
            check("active", "Shoppers can choose it", self.active == "true"),
            text("countries", "Countries", 1000).value(&self.countries).optional().hint(
                "Two letters each, such as DE AT. Everywhere when this and regions are empty.",
            ),
            text("regions", "Single regions", 2000)
                .value(&self.regions)
                .optional()
                .hint("Such as US-CA US-NY."),
            radios("kind", "Price", kinds.to_vec()),
            money("amount", "Amount", currency).value(&self.amount).optional(),
            area("brackets", "By weight", 4000, 4).value(&self.brackets).optional().hint(format!(
                "One a line, the lightest first: up to so many grams, and the price. 1000 {like}",
            )),
            money("free_over", "Free from", currency)
                .value(&self.free_over)
                .optional()
                .hint("What the goods cost after discounts."),
        ];
        fields.into_iter().map(|field| field.told(problems)).collect()
    }

    fn read(&self, currency: Currency) -> Result<PutShippingMethod, Problems> {
        let mut problems = Problems::default();
        let free_over = read_money("free_over", &self.free_over, currency, &mut problems);
        let price = if self.kind == "by_weight" {
            let brackets = self.brackets.lines().filter_map(some);
            let brackets: Vec<_> = brackets.map(|line| bracket(&line, currency)).collect();
            if brackets.is_empty() || brackets.iter().any(Option::is_none) {
                let text = "Write grams and a price on each line, such as 1000 4.90";
                problems.add("brackets", text);
            }
            ShippingPrice::ByWeight {
                brackets: brackets.into_iter().flatten().collect(),
                free_over,
            }
        } else {
            let amount = read_money("amount", &self.amount, currency, &mut problems);
            if amount.is_none() && problems.of("amount").is_none() {
                problems.add("amount", "Say how much; 0 is free");
            }
            ShippingPrice::Flat {
                amount: amount.unwrap_or_else(|| Money::zero(currency)),
                free_over,
            }
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let codes = |typed: &str| {
            let codes = typed.split(|c: char| c == ',' || c.is_whitespace());
            codes.filter_map(some).map(|code| code.to_uppercase()).collect()
        };
        Ok(PutShippingMethod {
            name: self.name.trim().to_owned(),
            description: self.description.trim().to_owned(),
            countries: codes(&self.countries),
            regions: codes(&self.regions),
            price,
            active: self.active == "true",
        })
    }
}

fn bracket(line: &str, currency: Currency) -> Option<WeightBracket> {
    let (grams, price) = line.split_once(|c: char| c.is_whitespace() || c == ':')?;
    let amount = Money::parse(price.trim(), currency).ok()?;
    Some(WeightBracket { up_to_grams: grams.trim().parse().ok()?, amount })
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    method: Option<&ShippingMethod>,
    (form, problems): (&WayForm, Problems),
) -> FormPage {
    let title = method.map_or_else(|| "New way to send".to_owned(), |m| m.body.name.clone());
    FormPage {
        frame: admin.frame(visitor, title).await.back(LIST, "Shipping"),
        fields: form.fields(admin.config.currency, &problems),
        problems,
        hidden: vec![("version", method.map_or(0, |method| method.version).to_string())],
        remove: method.map(|method| format!("{LIST}/{}/remove", method.id)).unwrap_or_default(),
        back: LIST,
        button: "Save",
        may_write: visitor.may(Permission::SellingWrite),
    }
}

fn told(error: emart_mesh::CallError) -> Result<Problems, Error> {
    let mut problems = form_problems(error)?;
    for problem in &mut problems.0 {
        let field = problem.field.strip_prefix("price.").unwrap_or(&problem.field);
        problem.field = String::from(field.split('.').next().unwrap_or_default());
    }
    Ok(problems)
}

async fn add(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let on = "true".to_owned();
    let form = WayForm { kind: "flat".to_owned(), active: on, ..WayForm::default() };
    frame::html(&page(&admin, &visitor, None, (&form, Problems::default())).await)
}

async fn adding(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<WayForm>,
) -> Result<Response, Error> {
    let problems = match form.read(admin.config.currency) {
        Err(problems) => problems,
        Ok(body) => match admin.clients.pricing.create_shipping_method(&body).await {
            Ok(made) => return Ok(admin.done(LIST, &format!("{} is there.", made.body.name))),
            Err(error) => told(error)?,
        },
    };
    frame::again(&page(&admin, &visitor, None, (&form, problems)).await)
}

async fn find(admin: &Admin, id: &ShippingMethodId) -> Result<ShippingMethod, Error> {
    admin.clients.pricing.shipping_method(id).await?.ok_or(Error::NotFound)
}

async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ShippingMethodId>,
) -> Result<Response, Error> {
    let method = find(&admin, &id).await?;
    let form = WayForm::of(&method.body);
    frame::html(&page(&admin, &visitor, Some(&method), (&form, Problems::default())).await)
}

async fn change(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ShippingMethodId>,
    Form(form): Form<WayForm>,
) -> Result<Response, Error> {
    let problems = match form.read(admin.config.currency) {
        Err(problems) => problems,
        Ok(body) => {
            let version = form.version.parse().unwrap_or(0);
            match admin.clients.pricing.put_shipping_method(&id, version, &body).await {
                Ok(_) => return Ok(admin.done(LIST, "Saved.")),
                Err(error) if is_conflict(&error) => {
                    return Ok(admin.failed(&format!("{LIST}/{id}"), FASTER));
                }
                Err(error) => told(error)?,
            }
        }
    };
    let method = find(&admin, &id).await?;
    frame::again(&page(&admin, &visitor, Some(&method), (&form, problems)).await)
}

async fn remove(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ShippingMethodId>,
    Form(sure): Form<Sure>,
) -> Result<Response, Error> {
    let method = find(&admin, &id).await?;
    let back = format!("{LIST}/{id}");
    if !sure.is_yes() {
        let text = "Shoppers cannot choose it any more. Orders made with it keep its name.";
        return ask(&admin, &visitor, ("Delete this way?", text, method.body.name), &back).await;
    }
    match admin.clients.pricing.delete_shipping_method(&id, method.version).await {
        Ok(()) => Ok(admin.done(LIST, "It is gone.")),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}
