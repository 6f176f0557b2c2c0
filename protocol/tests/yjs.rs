//! Messages of one document against the bytes of stock clients.

use protocol::{
    document::Access,
    frame::{ClientMessage, ServerMessage},
    lib0::Fault,
    wire::Wire,
    yjs::read_yjs_message,
};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/yjs.json")).expect("yjs.json")
}

fn bytes(vector: &Value) -> Vec<u8> {
    hex::decode(vector["hex"].as_str().expect("hex")).expect("hex")
}

fn spelled(message: &ClientMessage<'_>) -> Value {
    match message {
        ClientMessage::Step1(bytes) => json!({ "step1": hex::encode(bytes) }),
        ClientMessage::Step2(bytes) => json!({ "step2": hex::encode(bytes) }),
        ClientMessage::Update(bytes) => json!({ "update": hex::encode(bytes) }),
        ClientMessage::Awareness(bytes) => json!({ "awareness": hex::encode(bytes) }),
        ClientMessage::QueryAwareness => json!("query awareness"),
        other => panic!("{other:?} is no message of this framing"),
    }
}

#[test]
fn yjs1_messages_of_stock_clients_are_read_as_they_mean() {
    let vectors = vectors();
    let client = vectors["client"].as_array().expect("client");
    for vector in client {
        let bytes = bytes(vector);
        let message = read_yjs_message(&bytes).unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        assert_eq!(spelled(&message), vector["message"], "{}", vector["name"]);
    }
    assert!(client.len() > 10);
}

#[test]
fn yjs1_yjs4_messages_for_stock_clients_are_written_as_they_read_them() {
    for vector in vectors()["server"].as_array().expect("server") {
        let (kind, value) =
            vector["message"].as_object().and_then(|message| message.iter().next()).expect("one message");
        let text = value.as_str().unwrap_or_default();
        let body = hex::decode(text).unwrap_or_default();
        let message = match kind.as_str() {
            "authenticated" => ServerMessage::Authenticated(Access::Write),
            "denied" => ServerMessage::Denied(text),
            "step1" => ServerMessage::Step1(&body),
            "step2" => ServerMessage::Step2(&body),
            "update" => ServerMessage::Update(&body),
            "awareness" => ServerMessage::Awareness(&body),
            "status" => ServerMessage::SyncStatus(value.as_bool().expect("a bool")),
            "close" => ServerMessage::Close(text),
            other => panic!("{other}"),
        };
        let written = Wire::Single.write(&message).map(hex::encode);
        assert_eq!(json!(written), vector["hex"], "{}", vector["name"]);
    }
}

#[test]
fn yjs1_anything_else_is_refused_and_says_where() {
    for vector in vectors()["refused"].as_array().expect("refused") {
        let bytes = bytes(vector);
        let error = read_yjs_message(&bytes).expect_err(vector["name"].as_str().expect("a name"));
        let fault = match error.fault {
            Fault::Short => "short",
            Fault::Overlong => "overlong",
            Fault::Unknown(_) => "unknown",
            Fault::Trailing(_) => "trailing",
            other => panic!("{other}"),
        };
        assert_eq!(
            json!([error.field, fault]),
            json!([vector["field"], vector["fault"]]),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn yjs1_every_message_cut_short_is_refused() {
    for vector in vectors()["client"].as_array().expect("client") {
        let bytes = bytes(vector);
        for end in 0..bytes.len() {
            assert!(read_yjs_message(&bytes[..end]).is_err(), "{} cut at {end}", vector["name"]);
        }
    }
}
