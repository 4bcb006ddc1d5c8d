//! Passkeys, with a device of the tests' own: it keeps one key and signs what it is asked, or something else.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64URL_NOPAD;
use emart_http::Role;
use emart_identity::Config;
use emart_identity_api::{
    NewPasskey, Passkey, PasskeyAnswer, PasskeyQuestion, PasswordAgain, Session, StaffPatch,
};
use emart_mesh::CallError;
use serde_json::{Value, json};

use crate::access::{calling, hired};
use crate::accounts::protect;
use crate::world::{DEVICE, HOUR, Mail, PASSWORD, World, config, worlds, worlds_with};

const ORIGIN: &str = "https://shop.example";

/// A device with one key.
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: String,
    counter: u32,
    /// Where its browser is.
    origin: &'static str,
    /// Whether it verified who holds it.
    verified: bool,
}

impl Device {
    fn new() -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: rand::random::<[u8; 32]>().to_vec(),
            handle: String::new(),
            counter: 0,
            origin: ORIGIN,
            verified: true,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin })
            .to_string()
            .into_bytes()
    }

    /// What is signed: whose store it is, whether somebody was there, how often it was used.
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, b"shop.example").as_ref().to_vec();
        data.push(flags | 0x01 | if self.verified { 0x04 } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn create(&mut self, asked: &PasskeyQuestion) -> Value {
        let options = &asked.options;
        assert_eq!(options["rp"]["id"], "shop.example");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let mut data = self.data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // A COSE key: EC2, ES256, P-256, x, y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        // {"fmt": "none", "attStmt": {}, "authData": data}, in CBOR.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "attestationObject": BASE64URL_NOPAD.encode(&object),
                "clientDataJSON": BASE64URL_NOPAD.encode(&self.client_data("webauthn.create", options)),
            },
        })
    }

    fn get(&mut self, asked: &PasskeyQuestion) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", &asked.options);
        let data = self.data(0);
        let signed = [data.clone(), digest(&SHA256, &client_data).as_ref().to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": BASE64URL_NOPAD.encode(&data),
                "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
                "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
                "userHandle": self.handle,
            },
        })
    }
}

fn named() -> Config {
    Config { issuer: ORIGIN.to_owned(), ..config() }
}

async fn ask_for_new(world: &World, by: &Session) -> PasskeyQuestion {
    let again = PasswordAgain { password: PASSWORD.to_owned() };
    calling(world, by, world.identity.begin_passkey(&again)).await.unwrap()
}

async fn keep(
    world: &World,
    by: &Session,
    asked: &PasskeyQuestion,
    credential: Value,
) -> Result<Passkey, CallError> {
    let (question, name) = (asked.question.clone(), "My phone".to_owned());
    let new = NewPasskey { question, name, credential };
    calling(world, by, world.identity.create_passkey(&new)).await
}

/// Gives somebody a passkey on a device.
async fn equip(world: &World, by: &Session) -> (Device, Passkey) {
    let mut device = Device::new();
    let asked = ask_for_new(world, by).await;
    let credential = device.create(&asked);
    let passkey = keep(world, by, &asked, credential).await.unwrap();
    (device, passkey)
}

async fn finish(
    world: &World,
    asked: &PasskeyQuestion,
    credential: Value,
) -> Result<Session, CallError> {
    let answer = PasskeyAnswer { question: asked.question.clone(), credential };
    world.identity.finish_passkey_sign_in(&answer, "Firefox", DEVICE).await
}

async fn enter(world: &World, device: &mut Device) -> Result<Session, CallError> {
    let asked = world.identity.begin_passkey_sign_in().await.unwrap();
    finish(world, &asked, device.get(&asked)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_passkey_signs_in_without_password_and_code_until_it_is_removed() {
    for world in worlds_with(&named()).await {
        let ada = world.register("ada@example.com").await;
        protect(&world, &ada).await;
        let (mut device, passkey) = equip(&world, &ada).await;
        let session = enter(&world, &mut device).await.unwrap();
        assert_eq!(session.user, ada.user);
        assert!(matches!(world.mail().await, Mail::SignedIn(_)));
        let listed = calling(&world, &ada, world.identity.passkeys()).await.unwrap().items;
        assert_eq!((listed[0].name.as_str(), listed[0].used_at.is_some()), ("My phone", true));
        let bob = world.register("bob@example.com").await;
        let theirs = calling(&world, &bob, world.identity.delete_passkey(&passkey.id)).await;
        assert_eq!(theirs.unwrap_err().problem().unwrap().status, 404);
        calling(&world, &ada, world.identity.delete_passkey(&passkey.id)).await.unwrap();
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_to_another_question_from_elsewhere_or_given_before_opens_nothing() {
    for world in worlds_with(&named()).await {
        let ada = world.register("ada@example.com").await;
        let (mut device, _) = equip(&world, &ada).await;
        let (first, second) = (
            world.identity.begin_passkey_sign_in().await.unwrap(),
            world.identity.begin_passkey_sign_in().await.unwrap(),
        );
        let answer = device.get(&first);
        let crossed = finish(&world, &second, answer.clone()).await.unwrap_err();
        assert!(crossed.is("passkey-refused"), "another challenge");
        finish(&world, &first, answer.clone()).await.unwrap();
        let again = finish(&world, &first, answer.clone()).await.unwrap_err();
        assert!(again.is("sign-in-expired"), "a question is answered once");
        let late = world.identity.begin_passkey_sign_in().await.unwrap();
        let late_answer = device.get(&late);
        world.advance(HOUR);
        assert!(finish(&world, &late, late_answer).await.unwrap_err().is("sign-in-expired"));

        device.origin = "https://shop.example.evil.example";
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
        device.origin = ORIGIN;
        device.verified = false;
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
        device.verified = true;
        device.counter = 0;
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"), "a copy");
        device.counter = 10;
        let handle = std::mem::replace(&mut device.handle, BASE64URL_NOPAD.encode(&[7; 16]));
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
        device.handle = handle;
        let strange = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let key = std::mem::replace(&mut device.key, strange);
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
        device.key = key;
        for (nonsense, told) in [
            (json!(null), "invalid"),
            (json!([1]), "invalid"),
            (json!({}), "passkey-refused"),
            (json!({ "id": "x", "rawId": "%" }), "passkey-refused"),
        ] {
            let asked = world.identity.begin_passkey_sign_in().await.unwrap();
            assert!(finish(&world, &asked, nonsense).await.unwrap_err().is(told));
        }
        enter(&world, &mut device).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_passkey_is_made_by_whoever_was_asked_once_and_where_they_are() {
    for world in worlds_with(&named()).await {
        let ada = world.register("ada@example.com").await;
        let bob = world.register("bob@example.com").await;
        let wrong = PasswordAgain { password: "not the password".to_owned() };
        let refused = calling(&world, &ada, world.identity.begin_passkey(&wrong)).await;
        assert!(refused.unwrap_err().is("invalid"));
        let mut device = Device::new();
        let asked = ask_for_new(&world, &ada).await;
        let credential = device.create(&asked);
        let theirs = keep(&world, &bob, &asked, credential.clone()).await.unwrap_err();
        assert!(theirs.is("sign-in-expired"));
        keep(&world, &ada, &asked, credential.clone()).await.unwrap();
        let again = keep(&world, &ada, &asked, credential.clone()).await.unwrap_err();
        assert!(again.is("sign-in-expired"), "a question is answered once");
        let next = ask_for_new(&world, &ada).await;
        assert_eq!(next.options["excludeCredentials"][0]["id"], credential["id"]);
        let crossed = keep(&world, &ada, &next, credential).await.unwrap_err();
        assert!(crossed.is("passkey-refused"), "another challenge");
        let next = ask_for_new(&world, &ada).await;
        let mut elsewhere = Device { origin: "https://evil.example", ..Device::new() };
        let credential = elsewhere.create(&next);
        assert!(keep(&world, &ada, &next, credential).await.unwrap_err().is("passkey-refused"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn for_staff_a_passkey_is_the_second_factor_the_store_wants() {
    let wants = Config { second_factor_for_staff: true, ..named() };
    for world in worlds_with(&wants).await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let grace = hired(&world, "grace@example.com", Role::Staff).await;
        assert!(world.principal(&grace.token).await.unwrap().second_factor_due);
        let (mut device, _) = equip(&world, &grace).await;
        assert!(world.principal(&grace.token).await.unwrap().second_factor_due, "a password");
        let session = enter(&world, &mut device).await.unwrap();
        assert!(!world.principal(&session.token).await.unwrap().second_factor_due);
        let (mut own, _) = equip(&world, &admin).await;
        let admin = enter(&world, &mut own).await.unwrap();
        let patch = StaffPatch { position: None, active: Some(false) };
        let deactivate = world.identity.patch_staff(&grace.user.id, "*", &patch);
        calling(&world, &admin, deactivate).await.unwrap();
        assert!(enter(&world, &mut device).await.unwrap_err().is("passkey-refused"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_store_without_a_name_has_no_passkeys() {
    for world in worlds().await {
        assert!(world.identity.begin_passkey_sign_in().await.unwrap_err().is("no-passkeys"));
    }
}
