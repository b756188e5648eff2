//! Regorus (Rego), compiled to its virtual machine.

use anyhow::Result;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use serde_json::json;

use crate::Contender;
use crate::scenario::{ASKED, Scenario};

const RULE: &str = "data.gate.allow";

const POLICY: &str = "
package gate
import rego.v1

default allow := false

allow if {
    some place in input.chain
    input.permission in data.grants[place]
}
";

pub(crate) struct Compiled {
    machine: RegoVM,
    input: Value,
}

impl Compiled {
    pub(crate) fn new(scenario: &Scenario) -> Result<Self> {
        let grants: serde_json::Map<String, serde_json::Value> = scenario
            .granted()
            .into_iter()
            .map(|(group, permission)| (format!("g{group}"), json!([permission])))
            .collect();
        let data = Value::from_json_str(&json!({ "grants": grants }).to_string())?;
        let input = json!({ "chain": Scenario::chain(), "permission": ASKED });
        let mut engine = Engine::new();
        engine.add_policy("gate.rego".to_owned(), POLICY.to_owned())?;
        engine.add_data(data.clone())?;
        let rule: Rc<str> = RULE.into();
        let compiled = engine.compile_with_entrypoint(&rule)?;
        let program = Compiler::compile_from_policy(&compiled, &[RULE])?;
        let mut machine = RegoVM::new_with_policy(compiled);
        machine.load_program(program);
        machine.set_data(data)?;
        Ok(Self { machine, input: Value::from_json_str(&input.to_string())? })
    }
}

impl Contender for Compiled {
    fn allows(&mut self) -> bool {
        self.machine.set_input(self.input.clone());
        self.machine.execute().is_ok_and(|value| value == Value::from(true))
    }
}
