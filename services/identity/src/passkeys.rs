//! Passkeys: what browsers are asked and whether their answers are good, by `webauthn-rs`. A passkey that verified its
//! holder (a finger, a face, a PIN) is two factors in one.

use emart_identity_api::UserId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::config::Config;
use crate::error::Error;

/// Asks browsers for passkeys of this store, where its address is one that may have some: a name, not a number.
pub(crate) struct Passkeys(Option<Webauthn>);

/// What a browser is asked, and what is kept to know a good answer.
pub(crate) struct Asked {
    pub(crate) options: Value,
    pub(crate) state: String,
}

/// A good answer to the question for a new passkey.
pub(crate) struct Made {
    pub(crate) credential_id: String,
    pub(crate) credential: String,
}

/// An answer to the question of a sign-in, not yet checked.
pub(crate) struct Answer {
    answer: PublicKeyCredential,
    pub(crate) credential_id: String,
}

impl Passkeys {
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let Ok(url) = Url::parse(&config.issuer) else { return Ok(Self(None)) };
        let Some(domain) = url.domain() else { return Ok(Self(None)) };
        let secure = url.scheme() == "https" || domain == "localhost";
        if !secure {
            return Ok(Self(None));
        }
        // On one's own machine the port is often another.
        let builder = WebauthnBuilder::new(domain, &url)?.allow_any_port(domain == "localhost");
        Ok(Self(Some(builder.rp_name(&config.shop).build()?)))
    }

    fn webauthn(&self) -> Result<&Webauthn, Error> {
        self.0.as_ref().ok_or(Error::NoPasskeys)
    }

    /// Asks for a new passkey, one that names its holder by itself, on a device that has none of theirs.
    pub(crate) fn ask_for_new(
        &self,
        (user_id, email): (&UserId, &str),
        known: &[String],
    ) -> Result<Asked, Error> {
        let known = known
            .iter()
            .filter_map(|id| data_encoding::BASE64URL_NOPAD.decode(id.as_bytes()).ok())
            .collect();
        let begun =
            self.webauthn()?.start_passkey_registration(handle(user_id), email, email, Some(known));
        let (options, state) = begun.map_err(anyhow::Error::from)?;
        let mut asked = asked(&options.public_key, &state)?;
        // Not what the library asks for by default: without it a sign-in would have to ask who they are first.
        let selection = &mut asked.options["authenticatorSelection"];
        selection["residentKey"] = "required".into();
        selection["requireResidentKey"] = true.into();
        Ok(asked)
    }

    /// Whether a browser made the passkey it was asked for.
    pub(crate) fn made(&self, state: &str, credential: Value) -> Result<Made, Error> {
        let state: PasskeyRegistration = kept(state)?;
        let answer: RegisterPublicKeyCredential = read(credential)?;
        let made = self.webauthn()?.finish_passkey_registration(&answer, &state);
        let passkey = made.map_err(|error| Error::PasskeyRefused(error.to_string()))?;
        Ok(Made { credential_id: id(passkey.cred_id()), credential: text(&passkey)? })
    }

    /// Asks for any passkey of this store.
    pub(crate) fn ask(&self) -> Result<Asked, Error> {
        let begun = self.webauthn()?.start_discoverable_authentication();
        let (options, state) = begun.map_err(anyhow::Error::from)?;
        asked(&options.public_key, &state)
    }

    /// Reads which passkey answered.
    pub(crate) fn answer(&self, credential: Value) -> Result<Answer, Error> {
        let answer: PublicKeyCredential = read(credential)?;
        let credential_id = id(answer.get_credential_id());
        Ok(Answer { answer, credential_id })
    }

    /// Whether that passkey signed the question, for that person; the passkey as it is to be kept from now on.
    pub(crate) fn check(
        &self,
        state: &str,
        answer: &Answer,
        (user_id, credential): (&UserId, &str),
    ) -> Result<String, Error> {
        let state: DiscoverableAuthentication = kept(state)?;
        let mut passkey: Passkey = kept(credential)?;
        let webauthn = self.webauthn()?;
        let refused =
            |error: webauthn_rs::prelude::WebauthnError| Error::PasskeyRefused(error.to_string());
        let named = webauthn.identify_discoverable_authentication(&answer.answer);
        let (holder, _) = named.map_err(refused)?;
        if holder != handle(user_id) {
            return Err(Error::PasskeyRefused("it names another holder".to_owned()));
        }
        let result =
            webauthn.finish_discoverable_authentication_v2(&answer.answer, state, &passkey);
        passkey.update_credential(&result.map_err(refused)?);
        text(&passkey)
    }
}

/// What devices keep as the holder of a passkey: it says nothing of them, and is always the same.
fn handle(user_id: &UserId) -> Uuid {
    let digest = Sha256::digest(format!("passkey:{user_id}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

fn id(bytes: &[u8]) -> String {
    data_encoding::BASE64URL_NOPAD.encode(bytes)
}

fn asked(options: &impl Serialize, state: &impl Serialize) -> Result<Asked, Error> {
    let options = serde_json::to_value(options).map_err(anyhow::Error::from)?;
    Ok(Asked { options, state: text(state)? })
}

fn text(value: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string(value).map_err(anyhow::Error::from)?)
}

fn kept<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_str(text).map_err(anyhow::Error::from)?)
}

fn read<T: DeserializeOwned>(credential: Value) -> Result<T, Error> {
    serde_json::from_value(credential)
        .map_err(|_| Error::PasskeyRefused("it cannot be read".to_owned()))
}
