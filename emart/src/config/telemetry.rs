//! Settings of what the processes tell of themselves.

use http::Uri;
use serde::{Deserialize, Serialize};

/// Where spans are sent, and how many.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Telemetry {
    /// An OpenTelemetry collector that takes OTLP over HTTP: `http://127.0.0.1:4318`. Without one no spans are made.
    pub(crate) otlp_endpoint: Option<String>,
    /// The share of traces that is told of, from 0 to 1; those that whoever asks has chosen are told of always.
    pub(crate) sample_ratio: f64,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { otlp_endpoint: None, sample_ratio: 1.0 }
    }
}

impl Telemetry {
    /// Where spans go.
    pub(crate) fn traces_uri(&self) -> Option<String> {
        let endpoint = self.otlp_endpoint.as_deref()?.trim_end_matches('/');
        Some(format!("{endpoint}/v1/traces"))
    }

    /// What is wrong with them.
    pub(crate) fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Some(uri) = self.traces_uri() {
            let uri = uri.parse::<Uri>().ok();
            let is_good = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
            });
            if !is_good {
                wrong.push("otlp_endpoint: must be like http://127.0.0.1:4318".to_owned());
            }
        }
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            wrong.push("sample_ratio: must be from 0 to 1".to_owned());
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_the_address_that_the_path_is_added_to() {
        let settings = |endpoint: &str, sample_ratio| Telemetry {
            otlp_endpoint: Some(endpoint.to_owned()),
            sample_ratio,
        };
        let good = settings("http://127.0.0.1:4318/", 0.1);
        assert_eq!(good.traces_uri().unwrap(), "http://127.0.0.1:4318/v1/traces");
        assert!(good.check().is_empty());
        for bad in ["127.0.0.1:4318", "grpc://collector", ""] {
            assert_eq!(settings(bad, 1.0).check().len(), 1, "{bad}");
        }
        assert_eq!(settings("http://collector:4318", 1.5).check().len(), 1);
    }
}
