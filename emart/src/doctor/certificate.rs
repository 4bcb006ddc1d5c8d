//! The certificate that the store shows its visitors: whether it can be read, and how long it is good for.

use std::path::Path;
use std::time::Duration;

use emart_tls::{Acme, validity};
use emart_types::Timestamp;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::{Patient, Report};
use crate::serve::wanted;

const CHECK: &str = "certificate";
const RENEWED: &str = "the store renews it by itself; see the log for why it has not";
/// So long before its end somebody should hear of it.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

pub(super) fn check(patient: &Patient<'_>, report: &mut Report) {
    let config = patient.config;
    if let Some((cert_file, key_file)) = config.gateway.tls.files() {
        of_files(patient, cert_file, key_file, report);
    } else if let Some(wanted) = wanted(&config.gateway.tls, &config.data) {
        let file = Acme::certificate_file(&wanted);
        if file.exists() {
            dates(patient, &file, (RENEWED, RENEWED), report);
        } else {
            let found = format!("none was issued yet by {}", wanted.directory);
            report.warn(
                CHECK,
                found,
                "the store orders one when it runs; its log says why there is none",
            );
        }
    }
}

fn of_files(patient: &Patient<'_>, cert_file: &Path, key_file: &Path, report: &mut Report) {
    if let Err(error) = PrivateKeyDer::from_pem_file(key_file) {
        let found = format!("its key {}: {error}", key_file.display());
        report.fail(
            CHECK,
            found,
            "gateway.tls.key_file must be a private key as PEM, readable by the store",
        );
    }
    let advice = (
        "get a new one; the store reads the files again by itself when they change",
        "see whether what renews it (certbot, acme.sh) runs",
    );
    dates(patient, cert_file, advice, report);
}

/// `advice` is what to do when it has ended, and when it soon will.
fn dates(
    patient: &Patient<'_>,
    file: &Path,
    advice: (&'static str, &'static str),
    report: &mut Report,
) {
    let (begins, ends) = match validity_of(file) {
        Ok(validity) => validity,
        Err(reason) => {
            let found = format!("{}: {reason}", file.display());
            report.fail(CHECK, found, "it must be a certificate as PEM (gateway.tls)");
            return;
        }
    };
    let now = patient.now;
    if now >= ends {
        report.fail(CHECK, format!("it ended on {ends}: browsers refuse it"), advice.0);
    } else if now < begins {
        let found = format!("it begins on {begins}: browsers refuse it until then");
        report.fail(CHECK, found, "see whether this machine's clock is right");
    } else if ends.since(now) < SOON {
        report.warn(CHECK, format!("it ends on {ends}"), advice.1);
    } else {
        report.ok(CHECK, format!("good until {ends}"));
    }
}

/// From when until when the first certificate in a file is good.
fn validity_of(file: &Path) -> Result<(Timestamp, Timestamp), String> {
    let cert = CertificateDer::from_pem_file(file).map_err(|error| error.to_string())?;
    validity(&cert).ok_or_else(|| "its dates cannot be read".to_owned())
}
