//! Casbin: role-based access with the hierarchy of groups as its resource roles.

use anyhow::Result;
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

use crate::Contender;
use crate::scenario::{ASKED, PROJECT, Scenario};

const MODEL: &str = "
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub == p.sub && r.act == p.act && g(r.obj, p.obj)
";

pub(crate) struct Casbin {
    enforcer: Enforcer,
    request: [String; 3],
}

impl Casbin {
    pub(crate) fn new(scenario: &Scenario) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let enforcer = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await?;
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            for (group, permission) in scenario.granted() {
                let rule = vec!["t".to_owned(), format!("g{group}"), permission.to_owned()];
                enforcer.add_policy(rule).await?;
            }
            let chain = Scenario::chain();
            for (child, parent) in chain.iter().zip(chain.iter().skip(1)) {
                enforcer.add_grouping_policy(vec![child.clone(), parent.clone()]).await?;
            }
            Ok::<_, casbin::Error>(enforcer)
        })?;
        Ok(Self { enforcer, request: ["t".to_owned(), format!("p{PROJECT}"), ASKED.to_owned()] })
    }
}

impl Contender for Casbin {
    fn allows(&mut self) -> bool {
        let [subject, object, action] = &self.request;
        self.enforcer.enforce((subject.as_str(), object.as_str(), action.as_str())).unwrap_or(false)
    }
}
