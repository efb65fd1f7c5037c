//! What stands in for *who hears it*: a table of the hosts for each datagram:
//! how far it got there, and why.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded: several datagrams.
#[derive(Deserialize)]
struct Recorded {
    title: String,
    sends: Vec<Send>,
}

/// One datagram; `mac` is the address that its frame bears.
#[derive(Deserialize)]
struct Send {
    kind: String,
    from: String,
    to: String,
    mac: String,
    hosts: Vec<Host>,
}

/// A host: did the frame reach its card, did its kernel take the packet in,
/// did a program get the datagram.
#[derive(Deserialize)]
struct Host {
    name: String,
    frame: bool,
    taken: bool,
    heard: bool,
    #[serde(default)]
    bound: String,
    why: String,
}

/// A table for each datagram.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let recorded = Recorded::deserialize(demo)?;
        for send in &recorded.sends {
            tables += &table(&recorded.title, send)?;
        }
    }
    Ok(tables)
}

fn table(title: &str, send: &Send) -> Result<String> {
    let mut rows = String::new();
    for host in &send.hosts {
        ensure!(
            host.taken || !host.heard,
            "{} to {}: {} heard what its kernel didn't take",
            send.kind,
            send.to,
            host.name
        );
        rows += &row(host, host.name == send.from);
    }
    Ok(format!(
        "<table><caption><strong>{}</strong>: {} from {} to {}, in a frame \
         to {}</caption><thead><tr><th>host</th><th>its card</th>\
         <th>its kernel</th><th>its program</th><th>why</th></tr></thead>\
         <tbody>{rows}</tbody></table>",
        html::escape(title),
        html::escape(&send.kind),
        html::escape(&send.from),
        html::escape(&send.to),
        html::escape(&send.mac)
    ))
}

/// One host as a row; of the sender's own a copy may stay with its kernel.
fn row(host: &Host, sender: bool) -> String {
    let either = |is: bool, yes, no| if is { yes } else { no };
    let (card, kernel) = match sender {
        true => (
            "sends the frame",
            either(host.taken, "✓ keeps a copy", "keeps no copy"),
        ),
        false => (
            either(host.frame, "✓ gets the frame", "✗ gets no frame"),
            either(host.taken, "✓ takes it in", "✗ doesn’t take it in"),
        ),
    };
    let bound = match host.bound.as_str() {
        "" => String::new(),
        bound => format!(" at {}", html::escape(bound)),
    };
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}{bound}</td>\
         <td>{}</td></tr>",
        html::escape(&host.name),
        card,
        kernel,
        either(host.heard, "✓ hears it", "✗ hears nothing"),
        html::escape(&host.why)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(hosts: Value) -> Value {
        json!({ "title": "T < U", "sends": [{
            "kind": "broadcast", "from": "alice", "to": "10.0.0.255:8888",
            "mac": "ff:ff:ff:ff:ff:ff", "hosts": hosts }] })
    }

    #[test]
    fn a_row_tells_how_far_it_got() {
        let table = stand_in(&[sent(json!([
            { "name": "bob", "frame": true, "taken": true, "heard": true,
              "bound": "0.0.0.0:8888", "why": "any & all" },
            { "name": "carol", "frame": true, "taken": true, "heard": false,
              "why": "nobody is bound" },
            { "name": "alice", "frame": false, "taken": true,
              "heard": false, "why": "a copy" },
            { "name": "dave", "frame": false, "taken": false,
              "heard": false, "why": "another hub" },
        ]))])
        .unwrap();

        assert!(table.contains("T &lt; U"), "{table}");
        let to = "broadcast from alice to 10.0.0.255:8888, in a frame to \
                  ff:ff:ff:ff:ff:ff</caption>";
        assert!(table.contains(to), "{table}");
        let bob = "<td>bob</td><td>✓ gets the frame</td>\
                   <td>✓ takes it in</td>\
                   <td>✓ hears it at 0.0.0.0:8888</td>\
                   <td>any &amp; all</td>";
        assert!(table.contains(bob), "{table}");
        let carol = "<td>✓ takes it in</td><td>✗ hears nothing</td>";
        assert!(table.contains(carol), "{table}");
        assert!(table.contains("<td>✗ gets no frame</td>"), "{table}");
        let alice = "<td>sends the frame</td><td>✓ keeps a copy</td>";
        assert!(table.contains(alice), "{table}");
    }

    #[test]
    fn a_program_hears_through_its_kernel_alone() {
        let strange = json!([{ "name": "bob", "frame": true,
            "taken": false, "heard": true, "why": "" }]);

        let told = stand_in(&[sent(strange)]).unwrap_err().to_string();

        assert!(told.starts_with("broadcast to 10.0.0.255:8888: "), "{told}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
    }
}
