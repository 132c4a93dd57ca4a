//! Loads both sides, compares them and makes the changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use muster_domain::incident::escalation::LAST_LEVEL;
use muster_domain::incident_manager::directory::{
    Actual, Alias, Change, Desired, ManualEdits, SyncFailure, SyncReport, by_hand, changes,
    contact_alias, contact_of, escalations, people, plan_of, response_plans,
};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::team::People;
use muster_domain::value::id::{ContactId, PlanId};
use muster_incident_manager::directory::Found;
use muster_runtime::error::AwsError;
use muster_runtime::secret::hex_digest;

use crate::Sync;
use muster_store::stream::Changed;

use crate::records::Touched;

/// What Incident Manager says of a contact that is there already.
const CONFLICT: &str = "ConflictException";
/// What is said of a change that was not tried, since one that it stands on failed.
const SKIPPED: &str = "Skipped";
/// What is said of an entry that cannot be read: nothing is changed for it.
const UNREADABLE: &str = "Unreadable";
/// How often a run looks: again after it met another, and, where what people change by hand is left, until
/// it finds as it should be what it has written.
const MOST_ROUNDS: usize = 3;
/// How long a run that met another waits before it looks again.
const PAUSE: Duration = Duration::from_secs(2);

/// What is looked at: everything, or some people and every escalation.
pub(crate) struct Scope {
    /// These people, or all.
    people: Option<BTreeSet<ContactId>>,
    /// Plans that the roster's index may not show yet.
    plans: BTreeSet<PlanId>,
    /// Whether response plans are looked at.
    response_plans: bool,
}

impl Scope {
    pub(crate) const fn everything() -> Self {
        Self { people: None, plans: BTreeSet::new(), response_plans: true }
    }

    pub(crate) fn of(touched: &[Touched]) -> Self {
        let (mut people, mut plans) = (BTreeSet::new(), BTreeSet::new());
        let mut others = false;
        for touched in touched {
            match &touched.changed {
                Changed::Contact(id) => drop(people.insert(id.clone())),
                Changed::EscalationPlan(id) => others |= plans.insert(id.clone()),
                Changed::Policy => others = true,
                Changed::TimelineEvent(..) | Changed::Delivery(_) => {}
            }
        }
        Self { people: Some(people), plans, response_plans: others }
    }
}

/// What should be, and entries that nobody can read.
struct Wish {
    desired: Desired,
    unreadable: BTreeSet<Alias>,
}

impl Sync {
    /// Brings what is in `scope` into step, or says what would have to change.
    pub(crate) async fn bring(
        &self,
        scope: &Scope,
        dry_run: bool,
        run: &str,
        now: Timestamp,
    ) -> Result<SyncReport, AwsError> {
        let (mut found, mut wish) = self.look(scope, now).await?;
        let mut all = changes(&wish.desired, &found.actual);
        let mut report = SyncReport::of(now, dry_run, &all, found.actual.inactive());
        let mut ours = BTreeSet::new();
        for round in 1..=MOST_ROUNDS {
            report.manual_edits = self.left(&all, &wish.desired, &ours).await?;
            if dry_run {
                break;
            }
            let todo = all.iter().filter(|change| !report.manual_edits.contains(change.alias()));
            let todo: Vec<_> = todo.collect();
            report.failures = self.make(&mut found, &todo, &format!("{run} {round}")).await;
            ours.extend(todo.iter().map(|change| change.alias().clone()));
            let met = report.failures.iter().any(|failure| failure.code == CONFLICT);
            if round == MOST_ROUNDS
                || !(met || (self.manual_edits == ManualEdits::Keep && !todo.is_empty()))
            {
                self.note(scope, &ours, &all, &wish).await?;
                break;
            }
            if met {
                tokio::time::sleep(PAUSE).await;
            }
            // The stream and the schedule may be at the same names. What the other run has made since is found
            // now, and what the roster asks for since; what this run has made of an older roster it mends.
            (found, wish) = self.look(scope, now).await?;
            all = changes(&wish.desired, &found.actual);
        }
        let unread = wish.unreadable.iter();
        report.failures.extend(unread.map(|alias| failure(alias, "read", UNREADABLE, false)));
        tracing::info!(changes = ours.len(), failed = report.failures.len(), "in step");
        Ok(report)
    }

    /// What is, and then what should be: the roster is read last, so that whatever is changed in it
    /// from now on comes as a record of its own.
    async fn look(&self, scope: &Scope, now: Timestamp) -> Result<(Found, Wish), AwsError> {
        let prefix = self.directory.prefix();
        let aliases = scope.people.as_ref();
        let aliases: Option<BTreeSet<Alias>> =
            aliases.map(|ids| ids.iter().map(|id| contact_alias(prefix, id)).collect());
        let mut found = self.directory.load(aliases.as_ref(), scope.response_plans).await?;
        // Whoever is there is read by name: the roster's index lags, and must delete nobody.
        let known = found.actual.people.keys().filter_map(|alias| contact_of(prefix, alias));
        let named = scope.people.iter().flatten().cloned().chain(known).collect();
        let (people, policy) =
            tokio::try_join!(self.roster.people(1..=LAST_LEVEL, named), self.roster.policy())?;
        let plans = self.plans(scope, &found.actual).await?;
        let mut wish = Wish {
            desired: self.desired(&people, &plans, &policy, now),
            unreadable: BTreeSet::new(),
        };
        if let Some(aliases) = &aliases {
            wish.desired.people.retain(|alias, _| aliases.contains(alias));
        }
        if !scope.response_plans {
            wish.desired.plans.clear();
        }
        self.keep_unreadable(&mut found.actual, &mut wish).await?;
        Ok((found, wish))
    }

    fn desired(
        &self,
        roster: &People,
        plans: &[EscalationPlan],
        policy: &muster_domain::roster::policy::Policy,
        now: Timestamp,
    ) -> Desired {
        let prefix = self.directory.prefix();
        Desired {
            people: people(prefix, roster.values()),
            escalations: escalations(prefix, plans, policy, roster, now),
            plans: response_plans(prefix, plans, policy, &self.manner),
        }
    }

    /// Every escalation plan, and by name those that the index may not show: new ones, and those whose
    /// escalations are there.
    async fn plans(&self, scope: &Scope, actual: &Actual) -> Result<Vec<EscalationPlan>, AwsError> {
        let prefix = self.directory.prefix();
        let listed = self.roster.all::<EscalationPlan>().await?;
        let mut plans: BTreeMap<PlanId, EscalationPlan> =
            listed.into_iter().map(|plan| (plan.id.clone(), plan)).collect();
        let known = actual.escalations.keys().filter_map(|alias| plan_of(prefix, alias));
        let named: BTreeSet<PlanId> = known.chain(scope.plans.iter().cloned()).collect();
        for id in named {
            match self.roster.entry::<EscalationPlan>(&id).await {
                Ok(Some(plan)) => drop(plans.insert(id, plan)),
                Ok(None) => drop(plans.remove(&id)),
                // As the list has it, if it does; otherwise its escalations stay as they are.
                Err(error) if error.passing => return Err(error),
                Err(_) => {}
            }
        }
        if plans.keys().all(|id| id.as_str() != PlanId::DEFAULT) {
            let built_in = EscalationPlan::default();
            plans.insert(built_in.id.clone(), built_in);
        }
        Ok(plans.into_values().collect())
    }

    /// Leaves alone whatever is there of an entry that nobody can read: it is not gone from the roster.
    async fn keep_unreadable(&self, actual: &mut Actual, wish: &mut Wish) -> Result<(), AwsError> {
        let prefix = self.directory.prefix();
        let gone: Vec<Alias> = actual
            .people
            .keys()
            .filter(|a| !wish.desired.people.contains_key(*a))
            .cloned()
            .collect();
        for alias in gone {
            let Some(id) = contact_of(prefix, &alias) else { continue };
            match self.roster.entry::<Contact>(&id).await {
                Err(error) if error.passing => return Err(error),
                Err(_) => drop((actual.people.remove(&alias), wish.unreadable.insert(alias))),
                Ok(_) => {}
            }
        }
        let gone = actual.escalations.keys().filter(|a| !wish.desired.escalations.contains_key(*a));
        for alias in gone.cloned().collect::<Vec<_>>() {
            let Some(id) = plan_of(prefix, &alias) else { continue };
            if let Err(error) = self.roster.entry::<EscalationPlan>(&id).await {
                if error.passing {
                    return Err(error);
                }
                actual.escalations.remove(&alias);
                wish.unreadable.insert(alias);
            }
        }
        Ok(())
    }

    /// The names where somebody has changed something by hand, if that is to be left: not this run, which
    /// has written `ours`.
    async fn left(
        &self,
        all: &[Change],
        desired: &Desired,
        ours: &BTreeSet<Alias>,
    ) -> Result<BTreeSet<Alias>, AwsError> {
        if self.manual_edits == ManualEdits::Revert || all.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut left = by_hand(all, desired, &self.incidents.sync().written().await?, hex_digest);
        left.retain(|alias| !ours.contains(alias));
        Ok(left)
    }

    /// Keeps what was found as it should be, so that a change by hand can be told from one of the roster:
    /// of the names that this run has written, and of all if everything was looked at. What is still `out` of
    /// step is not kept: only a look that finds it in step shows that it was written.
    async fn note(
        &self,
        scope: &Scope,
        ours: &BTreeSet<Alias>,
        out: &[Change],
        wish: &Wish,
    ) -> Result<(), AwsError> {
        let out: BTreeSet<&Alias> = out.iter().map(Change::alias).chain(&wish.unreadable).collect();
        let written = self.incidents.sync().written().await?;
        let mut names: BTreeSet<&Alias> = ours.iter().collect();
        if scope.people.is_none() {
            let Desired { people, escalations, plans } = &wish.desired;
            names.extend(people.keys().chain(escalations.keys()).chain(plans.keys()));
            names.extend(written.keys());
        }
        for alias in names.difference(&out) {
            let digest = wish.desired.text(alias).map(|text| hex_digest(&text));
            if written.get(*alias) != digest.as_ref() {
                self.incidents.sync().wrote(alias, digest.as_deref()).await?;
            }
        }
        Ok(())
    }

    /// Makes these changes: those that failed. One that fails stops no other contact's.
    async fn make(&self, found: &mut Found, todo: &[&Change], run: &str) -> Vec<SyncFailure> {
        let (mut broken, mut failed) = (BTreeSet::<&Alias>::new(), Vec::new());
        let mut unmended = false;
        for change in todo {
            // Whoever goes must not stay in a plan that could not be mended.
            let kept = unmended && matches!(change, Change::Delete { .. });
            if kept || broken.contains(change.alias()) {
                failed.push(failure(change.alias(), change.name(), SKIPPED, true));
                continue;
            }
            if let Err(error) = self.directory.apply(found, change, run).await {
                tracing::error!(
                    change = change.name(), digest = hex_digest(change.alias()), reason = %error,
                    "a change of Incident Manager failed"
                );
                unmended |= change.mends();
                broken.insert(change.alias());
                failed.push(failure(change.alias(), change.name(), &error.code, error.passing));
            }
        }
        failed
    }
}

fn failure(alias: &Alias, change: &str, code: &str, passing: bool) -> SyncFailure {
    let (alias, change, code) = (alias.clone(), change.to_owned(), code.to_owned());
    SyncFailure { alias, operation: change, code, retryable: passing }
}
