//! The form of a promotion: its fields, how they are read, and how a promotion fills them.

use emart_catalog_api::{Category, CategoryId, ProductId};
use emart_mesh::CallError;
use emart_pricing_api::{Benefit, Conditions, Goods, PutPromotion, UseLimits};
use emart_types::{Currency, Money, Rate};
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems};
use crate::forms::{
    Choice, Field, Problems, area, check, checks, moment_value, money, money_value, number,
    percent_value, radios, read_moment, read_money, read_number, read_percent, some, text,
};

/// Products that are named again by their handles; more are named by their ids.
const NAMED: usize = 50;

/// What is asked of other services to show the form.
pub(super) struct Known {
    /// Id and whole name.
    categories: Vec<(String, String)>,
}

impl Known {
    pub(super) async fn of(admin: &Admin) -> Result<Self, Error> {
        let mut categories = Vec::new();
        for category in &admin.clients.catalog.categories().await? {
            name(category, "", &mut categories);
        }
        Ok(Self { categories })
    }
}

fn name(category: &Category, above: &str, into: &mut Vec<(String, String)>) {
    let whole = if above.is_empty() {
        category.name.clone()
    } else {
        format!("{above} / {}", category.name)
    };
    into.push((category.id.to_string(), whole.clone()));
    for below in &category.children {
        name(below, &whole, into);
    }
}

/// The form as it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PromotionForm {
    pub(super) title: String,
    pub(super) code: String,
    pub(super) active: String,
    pub(super) kind: String,
    pub(super) percent: String,
    pub(super) amount: String,
    pub(super) buy: String,
    pub(super) get: String,
    pub(super) up_to: String,
    pub(super) products: String,
    pub(super) categories: Vec<String>,
    pub(super) minimum_subtotal: String,
    pub(super) minimum_quantity: String,
    pub(super) countries: String,
    pub(super) first_order: String,
    pub(super) uses: String,
    pub(super) per_customer: String,
    pub(super) starts_at: String,
    pub(super) ends_at: String,
    pub(super) combinable: String,
    pub(super) priority: String,
    pub(super) version: String,
    pub(super) cart: String,
    pub(super) action: String,
}

/// What a service says of a form, at the form's own fields.
pub(super) fn told(error: CallError) -> Result<Problems, Error> {
    let coded = error.is("coupon-code-taken");
    let mut problems = form_problems(error)?;
    for (theirs, ours) in [
        ("benefit.rate", "percent"),
        ("benefit.amount", "amount"),
        ("benefit.buy", "buy"),
        ("benefit.get", "get"),
        ("benefit.up_to", "up_to"),
        ("goods.products", "products"),
        ("conditions.minimum_subtotal", "minimum_subtotal"),
        ("conditions.minimum_quantity", "minimum_quantity"),
        ("limits.uses", "uses"),
        ("limits.per_customer", "per_customer"),
    ] {
        problems = problems.rename(theirs, ours);
    }
    for problem in &mut problems.0 {
        if problem.field.starts_with("conditions.countries") {
            "countries".clone_into(&mut problem.field);
        } else if coded {
            "code".clone_into(&mut problem.field);
        }
    }
    Ok(problems)
}

impl PromotionForm {
    /// That of a promotion that is still to be thought of.
    pub(super) fn empty() -> Self {
        Self { kind: "percent".to_owned(), active: "true".to_owned(), ..Self::default() }
    }

    /// That of a promotion that is there.
    pub(super) async fn of(admin: &Admin, body: &PutPromotion) -> Result<Self, Error> {
        let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
        let yes = |on: bool| if on { "true".to_owned() } else { String::new() };
        let mut form = Self {
            title: body.title.clone(),
            code: body.code.clone().unwrap_or_default(),
            active: yes(body.active),
            products: handles(admin, &body.goods.products).await?,
            categories: body.goods.categories.iter().map(ToString::to_string).collect(),
            minimum_subtotal: money_value(body.conditions.minimum_subtotal),
            minimum_quantity: number(body.conditions.minimum_quantity),
            countries: body.conditions.countries.join(" "),
            first_order: yes(body.conditions.first_order),
            uses: number(body.limits.uses),
            per_customer: number(body.limits.per_customer),
            starts_at: moment_value(body.starts_at),
            ends_at: moment_value(body.ends_at),
            combinable: yes(body.combinable),
            priority: body.priority.to_string(),
            ..Self::default()
        };
        match &body.benefit {
            Benefit::Percent { rate } => {
                "percent".clone_into(&mut form.kind);
                form.percent = percent_value(*rate);
            }
            Benefit::Amount { amount } => {
                "amount".clone_into(&mut form.kind);
                form.amount = money_value(Some(*amount));
            }
            Benefit::BuyXGetY { buy, get, rate, .. } => {
                "buy_x_get_y".clone_into(&mut form.kind);
                (form.buy, form.get) = (buy.to_string(), get.to_string());
                form.percent = percent_value(*rate);
            }
            Benefit::FreeShipping { up_to } => {
                "free_shipping".clone_into(&mut form.kind);
                form.up_to = money_value(*up_to);
            }
        }
        Ok(form)
    }

    /// Its fields, under headings.
    pub(super) fn groups(
        &self,
        known: &Known,
        currency: Currency,
        problems: &Problems,
    ) -> Vec<(&'static str, Vec<Field>)> {
        let groups = vec![
            ("What shoppers see", self.naming()),
            ("What it gives", self.giving(currency)),
            ("Off which goods", self.goods_fields(known)),
            ("When it counts", self.conditions(currency)),
            ("How often, and beside what", self.limiting()),
        ];
        let told = |field: Field| field.told(problems);
        groups
            .into_iter()
            .map(|(head, fields)| (head, fields.into_iter().map(told).collect()))
            .collect()
    }

    fn naming(&self) -> Vec<Field> {
        vec![
            text("title", "Name", 80)
                .value(&self.title)
                .hint("Stands beside the discount in cart, order and e-mail."),
            text("code", "Code", 40)
                .value(&self.code)
                .optional()
                .hint("Letters, digits and -. Without one, it counts for every cart by itself."),
            check("active", "Switched on", self.active == "true"),
        ]
    }

    fn giving(&self, currency: Currency) -> Vec<Field> {
        let kinds = [
            ("percent", "A share of the price"),
            ("amount", "An amount"),
            ("buy_x_get_y", "Buy some, get some cheaper"),
            ("free_shipping", "Free delivery"),
        ];
        let kinds = kinds.map(|(value, label)| Choice::new(value, label, self.kind == value));
        vec![
            radios("kind", "Kind", kinds.to_vec()),
            text("percent", "Percent off", 8)
                .mode("decimal")
                .half()
                .after("%")
                .value(&self.percent)
                .optional()
                .hint("For a share, and for what is got cheaper: 100 is free."),
            money("amount", "Amount off", currency).value(&self.amount).optional(),
            number("buy", "Buy").value(&self.buy).optional().hint("Pieces at full price."),
            number("get", "Get cheaper").value(&self.get).optional().hint("The cheapest pieces."),
            money("up_to", "Delivery up to", currency)
                .value(&self.up_to)
                .optional()
                .hint("Dearer ways to send are not free."),
        ]
    }

    fn goods_fields(&self, known: &Known) -> Vec<Field> {
        let choice =
            |(id, name): &(String, String)| Choice::new(id, name, self.categories.contains(id));
        let mut fields = vec![
            area("products", "Products", 20_000, 3)
                .value(&self.products)
                .optional()
                .hint("Their names in addresses (/p/…), one a line. Nothing here and below is everything."),
        ];
        if !known.categories.is_empty() {
            fields.push(checks(
                "categories",
                "Categories",
                known.categories.iter().map(choice).collect(),
            ));
        }
        fields
    }

    fn conditions(&self, currency: Currency) -> Vec<Field> {
        let moment = |name: &str, label: &str| {
            text(name, label, 16).input("datetime-local").half().optional()
        };
        vec![
            money("minimum_subtotal", "From a subtotal of", currency)
                .value(&self.minimum_subtotal)
                .optional(),
            number("minimum_quantity", "From so many pieces")
                .value(&self.minimum_quantity)
                .optional(),
            moment("starts_at", "From").value(&self.starts_at),
            moment("ends_at", "Until").value(&self.ends_at),
            text("countries", "Only to these countries", 1000)
                .value(&self.countries)
                .optional()
                .hint("Two letters each, such as DE AT."),
            check("first_order", "For first orders only", self.first_order == "true"),
        ]
    }

    fn limiting(&self) -> Vec<Field> {
        vec![
            number("uses", "Uses in all").value(&self.uses).optional(),
            number("per_customer", "Uses by one shopper").value(&self.per_customer).optional(),
            check("combinable", "Counts together with others that may", self.combinable == "true"),
            number("priority", "Priority")
                .value(&self.priority)
                .optional()
                .hint("Of those that count together, higher ones are taken off first."),
        ]
    }

    /// Everything that was typed, by field.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let fields: [(&'static str, &String); 20] = [
            ("title", &self.title),
            ("code", &self.code),
            ("active", &self.active),
            ("kind", &self.kind),
            ("percent", &self.percent),
            ("amount", &self.amount),
            ("buy", &self.buy),
            ("get", &self.get),
            ("up_to", &self.up_to),
            ("products", &self.products),
            ("minimum_subtotal", &self.minimum_subtotal),
            ("minimum_quantity", &self.minimum_quantity),
            ("countries", &self.countries),
            ("first_order", &self.first_order),
            ("uses", &self.uses),
            ("per_customer", &self.per_customer),
            ("starts_at", &self.starts_at),
            ("ends_at", &self.ends_at),
            ("combinable", &self.combinable),
            ("priority", &self.priority),
        ];
        let mut pairs: Vec<_> =
            fields.iter().map(|(name, value)| (*name, (*value).clone())).collect();
        pairs.push(("categories", self.categories.join(" ")));
        pairs
    }

    /// The promotion it means, and what is wrong with it.
    pub(super) async fn read(
        &self,
        admin: &Admin,
    ) -> Result<(Option<PutPromotion>, Problems), Error> {
        let mut problems = Problems::default();
        let currency = admin.config.currency;
        let benefit = self.benefit(currency, &mut problems);
        let products = products(admin, &self.products, &mut problems).await?;
        let categories: Result<Vec<CategoryId>, _> =
            self.categories.iter().map(|id| id.parse()).collect();
        let mut whole = |field: &str, typed: &str| {
            let number = read_number(field, typed, &mut problems)?;
            let fits = u32::try_from(number).ok().filter(|number| *number > 0);
            if fits.is_none() {
                problems.add(field, "Enter a number from 1 on");
            }
            fits
        };
        let minimum_quantity = whole("minimum_quantity", &self.minimum_quantity);
        let limits = UseLimits {
            uses: whole("uses", &self.uses),
            per_customer: whole("per_customer", &self.per_customer),
        };
        let priority = read_number("priority", &self.priority, &mut problems).unwrap_or(0);
        let countries = self.countries.split(|c: char| c == ',' || c.is_whitespace());
        let body = PutPromotion {
            title: self.title.trim().to_owned(),
            code: some(&self.code),
            active: self.active == "true",
            benefit,
            goods: Goods { products, categories: categories.unwrap_or_default() },
            conditions: Conditions {
                minimum_subtotal: read_money(
                    "minimum_subtotal",
                    &self.minimum_subtotal,
                    currency,
                    &mut problems,
                ),
                minimum_quantity,
                countries: countries.filter_map(some).map(|code| code.to_uppercase()).collect(),
                first_order: self.first_order == "true",
            },
            limits,
            starts_at: read_moment("starts_at", &self.starts_at, &mut problems),
            ends_at: read_moment("ends_at", &self.ends_at, &mut problems),
            combinable: self.combinable == "true",
            priority: i32::try_from(priority).unwrap_or(i32::MAX),
        };
        Ok((problems.is_empty().then_some(body), problems))
    }

    fn benefit(&self, currency: Currency, problems: &mut Problems) -> Benefit {
        let share = |problems: &mut Problems| {
            let rate = read_percent("percent", &self.percent, problems);
            if rate.is_none() && problems.of("percent").is_none() {
                problems.add("percent", "Say how much");
            }
            rate.unwrap_or(Rate(0))
        };
        match self.kind.as_str() {
            "amount" => {
                let amount = read_money("amount", &self.amount, currency, problems);
                if amount.is_none() && problems.of("amount").is_none() {
                    problems.add("amount", "Say how much");
                }
                Benefit::Amount { amount: amount.unwrap_or_else(|| Money::zero(currency)) }
            }
            "buy_x_get_y" => {
                let mut pieces = |field: &str, typed: &str| {
                    let number =
                        read_number(field, typed, problems).and_then(|n| u32::try_from(n).ok());
                    if number.is_none() && problems.of(field).is_none() {
                        problems.add(field, "Say how many");
                    }
                    number.unwrap_or(0)
                };
                let (buy, get) = (pieces("buy", &self.buy), pieces("get", &self.get));
                Benefit::BuyXGetY { buy, get, rate: share(problems), gets: None }
            }
            "free_shipping" => Benefit::FreeShipping {
                up_to: read_money("up_to", &self.up_to, currency, problems),
            },
            _ => Benefit::Percent { rate: share(problems) },
        }
    }
}

/// The products of handles or ids, one a line.
async fn products(
    admin: &Admin,
    typed: &str,
    problems: &mut Problems,
) -> Result<Vec<ProductId>, Error> {
    let mut products = Vec::new();
    for line in typed.split_whitespace().take(500) {
        let handle = line.rsplit('/').next().unwrap_or(line);
        match handle.parse::<ProductId>() {
            Ok(id) => products.push(id),
            Err(_) => match admin.clients.catalog.product(handle).await {
                Ok(Some(product)) => products.push(product.id),
                Err(error) if !error.is_refusal() => return Err(error.into()),
                _ => problems.add("products", &format!("There is no product {handle}")),
            },
        }
    }
    Ok(products)
}

/// The other way round.
async fn handles(admin: &Admin, products: &[ProductId]) -> Result<String, Error> {
    let mut lines = Vec::new();
    for (at, id) in products.iter().enumerate() {
        let known =
            if at < NAMED { admin.clients.catalog.product(id.as_str()).await? } else { None };
        lines.push(known.map_or_else(|| id.to_string(), |product| product.handle));
    }
    Ok(lines.join("\n"))
}
