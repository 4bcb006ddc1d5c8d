//! The countries the store knows: names, what an address needs, the standard VAT a new store begins with.
//!
//! Codes are ISO 3166-1 alpha-2, regions ISO 3166-2 without the country. VAT: the European Commission's list of
//! standard rates, as of 2026; staff change it under tax rates.

use emart_pricing_api::{Country, Region};

/// A country as it is known here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Standard VAT in parts per million; 0 where a new store charges none.
    pub(crate) vat_ppm: u32,
    postal_code_required: bool,
    regions: &'static [(&'static str, &'static str)],
}

/// Finds a country by its code.
pub(crate) fn find(code: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|country| country.code == code)
}

/// All of them, by name.
pub(crate) fn all() -> &'static [Known] {
    KNOWN
}

impl Known {
    /// Whether it has such a region.
    pub(crate) fn has_region(&self, code: &str) -> bool {
        self.regions.iter().any(|(known, _)| *known == code)
    }

    /// As callers see it.
    pub(crate) fn described(&self) -> Country {
        let regions = self.regions.iter();
        Country {
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            postal_code_required: self.postal_code_required,
            regions: regions
                .map(|(code, name)| Region { code: (*code).to_owned(), name: (*name).to_owned() })
                .collect(),
        }
    }
}

const fn known(code: &'static str, name: &'static str, vat_ppm: u32) -> Known {
    Known { code, name, vat_ppm, postal_code_required: true, regions: &[] }
}

const fn without_postal_code(country: Known) -> Known {
    Known { postal_code_required: false, ..country }
}

const fn with_regions(country: Known, regions: &'static [(&'static str, &'static str)]) -> Known {
    Known { regions, ..country }
}

const KNOWN: &[Known] = &[
    with_regions(known("AU", "Australia", 0), AUSTRALIA),
    known("AT", "Austria", 200_000),
    known("BE", "Belgium", 210_000),
    known("BG", "Bulgaria", 200_000),
    with_regions(known("CA", "Canada", 0), PROVINCES),
    known("HR", "Croatia", 250_000),
    known("CY", "Cyprus", 190_000),
    known("CZ", "Czechia", 210_000),
    known("DK", "Denmark", 250_000),
    known("EE", "Estonia", 240_000),
    known("FI", "Finland", 255_000),
    known("FR", "France", 200_000),
    known("DE", "Germany", 190_000),
    known("GR", "Greece", 240_000),
    known("HU", "Hungary", 270_000),
    known("IS", "Iceland", 0),
    without_postal_code(known("IE", "Ireland", 230_000)),
    known("IT", "Italy", 220_000),
    known("JP", "Japan", 0),
    known("LV", "Latvia", 210_000),
    known("LI", "Liechtenstein", 0),
    known("LT", "Lithuania", 210_000),
    known("LU", "Luxembourg", 170_000),
    known("MT", "Malta", 180_000),
    known("NL", "Netherlands", 210_000),
    known("NZ", "New Zealand", 0),
    known("NO", "Norway", 0),
    known("PL", "Poland", 230_000),
    known("PT", "Portugal", 230_000),
    known("RO", "Romania", 210_000),
    known("SK", "Slovakia", 230_000),
    known("SI", "Slovenia", 220_000),
    known("ES", "Spain", 210_000),
    known("SE", "Sweden", 250_000),
    known("CH", "Switzerland", 0),
    known("GB", "United Kingdom", 0),
    with_regions(known("US", "United States", 0), STATES),
];

const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];

const PROVINCES: &[(&str, &str)] = &[
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NS", "Nova Scotia"),
    ("NT", "Northwest Territories"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
];

const AUSTRALIA: &[(&str, &str)] = &[
    ("ACT", "Australian Capital Territory"),
    ("NSW", "New South Wales"),
    ("NT", "Northern Territory"),
    ("QLD", "Queensland"),
    ("SA", "South Australia"),
    ("TAS", "Tasmania"),
    ("VIC", "Victoria"),
    ("WA", "Western Australia"),
];
