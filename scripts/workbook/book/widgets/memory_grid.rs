//! What stands in for the *memory grid*: a table of numbers, and of their
//! bytes in memory in both orders.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::book::html;

/// What a demo recorded of its machine's memory.
#[derive(Deserialize)]
struct Memory {
    title: String,
    native: String,
    values: Vec<Number>,
}

/// A number, and its bytes in hexadecimal: `hex` by their worth, `big` and
/// `little` at rising addresses.
#[derive(Deserialize)]
struct Number {
    #[serde(rename = "type")]
    kind: String,
    value: String,
    hex: String,
    big: String,
    little: String,
}

/// A table for each recording.
pub fn stand_in(demos: &[Value]) -> Result<String> {
    let mut tables = String::new();
    for demo in demos {
        let memory = Memory::deserialize(demo)?;
        let rows: Result<String> = memory.values.iter().map(row).collect();
        tables += &format!(
            "<table><caption><strong>{}</strong> (this machine is \
             {}-endian)</caption><thead><tr><th>number</th><th>digits</th>\
             <th>big-endian, from +0 on</th>\
             <th>little-endian, from +0 on</th>\
             <th>read in the other order</th></tr></thead>\
             <tbody>{}</tbody></table>",
            html::escape(&memory.title),
            html::escape(&memory.native),
            rows?
        );
    }
    Ok(tables)
}

fn row(number: &Number) -> Result<String> {
    let Number { kind, value, hex, big, little } = number;
    let told = || format!("{kind} {value}");
    let reversed: Vec<&str> = pairs(big).into_iter().rev().collect();
    ensure!(
        hex == big && pairs(little) == reversed,
        "{}: its bytes are not the same in both orders",
        told()
    );
    Ok(format!(
        "<tr><td>{} {}</td><td>0x{hex}</td><td>{}</td><td>{}</td>\
         <td>{}</td></tr>",
        html::escape(kind),
        html::escape(value),
        pairs(big).join(" "),
        pairs(little).join(" "),
        misread(kind, little).with_context(told)?
    ))
}

/// The digits of each byte; a byte that is cut off or not ASCII is none.
fn pairs(hex: &str) -> Vec<&str> {
    (0..hex.len()).step_by(2).filter_map(|at| hex.get(at..at + 2)).collect()
}

/// The number that a machine of the other order makes of these bytes.
fn misread(kind: &str, little: &str) -> Result<String> {
    let bits = u64::from_str_radix(little, 16)?;
    Ok(match kind {
        "f32" => format!("{:e}", f32::from_bits(u32::try_from(bits)?)),
        "i16" => u16::try_from(bits)?.cast_signed().to_string(),
        _ => bits.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn memory(values: Value) -> Value {
        json!({ "title": "T < U", "native": "little", "values": values })
    }

    #[test]
    fn a_row_has_both_orders_and_the_number_misread() {
        let table = stand_in(&[memory(json!([
            { "type": "u16", "value": "8080", "hex": "1f90",
              "big": "1f90", "little": "901f" },
            { "type": "i16", "value": "-2", "hex": "fffe",
              "big": "fffe", "little": "feff" },
            { "type": "f32", "value": "1", "hex": "3f800000",
              "big": "3f800000", "little": "0000803f" },
        ]))])
        .unwrap();

        let port = "<td>u16 8080</td><td>0x1f90</td><td>1f 90</td>\
                    <td>90 1f</td><td>36895</td>";
        assert!(table.contains(port), "{table}");
        assert!(table.contains("<td>fe ff</td><td>-257</td>"), "{table}");
        // 0x803f × 2^-149, a denormal number: IEEE 754, section 3.4.
        let one = "<td>00 00 80 3f</td><td>4.6006e-41</td>";
        assert!(table.contains(one), "{table}");
        assert!(table.contains("T &lt; U"), "{table}");
    }

    #[test]
    fn orders_that_disagree_are_refused() {
        let strange = json!([{ "type": "u16", "value": "8080",
            "hex": "1f90", "big": "1f90", "little": "1f90" }]);

        let told = stand_in(&[memory(strange)]).unwrap_err().to_string();

        assert!(told.starts_with("u16 8080: "), "{told}");
    }

    #[test]
    fn data_of_another_shape_is_refused() {
        assert!(stand_in(&[json!({ "title": "T" })]).is_err());
        let strange = json!([{ "type": "u16", "value": "1",
            "hex": "zz", "big": "zz", "little": "zz" }]);
        assert!(stand_in(&[memory(strange)]).is_err());
    }
}
