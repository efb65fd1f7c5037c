//! The data of the widgets that step through a conversation of two hosts:
//! what their programs called, and which segments went between them.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// A recorded run.
#[derive(Deserialize)]
pub struct Conversation {
    pub title: String,
    pub hosts: [Host; 2],
    pub steps: Vec<Step>,
}

/// One end.
#[derive(Deserialize)]
pub struct Host {
    pub name: String,
}

/// What happened next.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Step {
    Call(Call),
    Segment(Segment),
}

/// A program's call; `states` of both hosts after it, where they were asked.
#[derive(Deserialize)]
pub struct Call {
    pub host: String,
    pub call: String,
    #[serde(default)]
    pub what: String,
    pub states: Option<[String; 2]>,
}

/// A segment; its numbers are relative, `sack` holds left and right edges.
#[derive(Deserialize)]
pub struct Segment {
    pub from: String,
    pub flags: Vec<String>,
    pub seq: u32,
    pub ack: Option<u32>,
    pub length: u32,
    #[serde(default)]
    pub sack: Vec<[u32; 2]>,
    pub fate: String,
    #[serde(default)]
    pub note: String,
    pub wait: Option<String>,
    pub states: Option<[String; 2]>,
}

impl Conversation {
    /// Reads what a demo recorded.
    pub fn read(data: &Value) -> Result<Conversation> {
        Ok(Conversation::deserialize(data)?)
    }

    /// A table of this run with these columns.
    pub fn table(&self, columns: &[&str], rows: &str) -> String {
        let heads: String =
            columns.iter().map(|name| format!("<th>{name}</th>")).collect();
        format!(
            "<table><caption><strong>{}</strong></caption>\
             <thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>",
            html::escape(&self.title)
        )
    }
}

impl Call {
    /// "alice connect 10.0.0.2:8080".
    pub fn told(&self) -> String {
        let told = format!("{} {} {}", self.host, self.call, self.what);
        html::escape(told.trim_end())
    }
}

impl Segment {
    /// "alice → SYN", and what became of it where it didn't arrive.
    pub fn told(&self) -> String {
        let fate = match self.fate.as_str() {
            "delivered" => String::new(),
            other => format!(" ✗ {other}"),
        };
        let flags = self.flags.join(" ");
        let what = match self.length {
            0 => flags,
            1 => "1 byte".into(),
            length => format!("{length} bytes"),
        };
        html::escape(&format!("{} → {what}{fate}", self.from))
    }
}

#[cfg(test)]
pub mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A run with these steps.
    pub fn run(steps: Value) -> Value {
        json!({ "title": "T < U", "steps": steps,
                "hosts": [{ "name": "alice" }, { "name": "bob" }] })
    }

    #[test]
    fn three_hosts_are_refused() {
        let mut data = run(json!([]));
        data["hosts"] =
            json!([{ "name": "a" }, { "name": "b" }, { "name": "c" }]);

        assert!(Conversation::read(&data).is_err());
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(Conversation::read(&json!({ "title": "T" })).is_err());
        let strange = json!([{ "kind": "rumour", "host": "alice",
                                "call": "send" }]);
        assert!(Conversation::read(&run(strange)).is_err());
    }
}
