use std::collections::BTreeMap;

const GREETING: &str = "hello 0";

#[derive(serde::Serialize)]
struct Answer<'a> {
    says: &'a str,
    words: BTreeMap<&'a str, usize>,
}

fn main() {
    let text = "one two two three three three";
    let word = regex::Regex::new(r"\w+").unwrap();
    let mut words = BTreeMap::new();
    for found in word.find_iter(text) {
        *words.entry(found.as_str()).or_default() += 1;
    }
    println!("{}", serde_json::to_string(&Answer { says: GREETING, words }).unwrap());
}
