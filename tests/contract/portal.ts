// Uses the generated types as a portal does. Compiled only, never run.
import type { components, operations } from "muster-api";

type Schemas = components["schemas"];
type Media = "application/json" | "application/problem+json";
type Answer<Of extends { responses: object }, Status extends keyof Of["responses"]> =
  Of["responses"][Status] extends { content: infer Content }
    ? Content[Media & keyof Content]
    : undefined;
type Body<Of> = Of extends { requestBody: { content: { "application/json": infer Json } } } ? Json : never;
type Query<Of extends { parameters: { query?: unknown } }> = NonNullable<Of["parameters"]["query"]>;

// Lists contacts with a filter.
export const query: Query<operations["listContacts"]> = {
  role: "incident_commander",
  escalation_level: 2,
  status: "active",
  limit: 50,
};
// @ts-expect-error: the role does not exist.
export const wrongQuery: Query<operations["listContacts"]> = { role: "firefighter" };

export function next(page: Answer<operations["listContacts"], 200>): string | undefined {
  for (const contact of page.items) {
    contact satisfies Schemas["Contact"];
  }
  return page.next_cursor ?? undefined;
}

// Changes one field and removes another.
export const patch: Body<operations["updateContact"]> = { department: "Security", backup_contact: null };
// @ts-expect-error: the field does not exist.
export const wrongPatch: Body<operations["updateContact"]> = { titel: "Head of Security" };
// @ts-expect-error: the value is of the wrong type.
export const wrongValue: Body<operations["updateContact"]> = { department: 7 };

// Creates entries.
export const contact: Body<operations["createContact"]> = {
  name: "Ada Lovelace",
  roles: ["incident_commander"],
  time_zone: "Europe/London",
  availability: [{ days: ["mon", "tue"], from: "08:00", to: "18:00" }],
  channels: [
    { type: "email", address: "ada@example.com" },
    { type: "sms", address: "+14255550101" },
  ],
};
// @ts-expect-error: the channels are missing.
export const wrongContact: Body<operations["createContact"]> = {
  name: "Ada Lovelace",
  roles: ["incident_commander"],
  time_zone: "Europe/London",
};
export const plan: Body<operations["createEscalationPlan"]> = {
  name: "Ransomware",
  incident_types: ["malware"],
  steps: [{ after_minutes: 0, targets: ["severity_team"], channels: ["voice", "sms"] }],
};

// Reads a timeline. `event` distinguishes a page from all other entries.
export function timeline(incident: Answer<operations["getIncident"], 200>): string[] {
  return incident.timeline.map((entry) => {
    if (entry.event === "page") {
      return `${entry.at} ${entry.contact} ${entry.channel} ${entry.state}`;
    }
    // @ts-expect-error: only a page has a channel.
    entry.channel;
    return `${entry.at} ${entry.event} ${entry.message}`;
  });
}

// Narrows each union by its `type`.
export function cause(of: Schemas["Cause"]): string {
  // @ts-expect-error: the type does not exist.
  if (of.type === "boredom") {
    return "";
  }
  return of.type === "severity_increased" ? "The severity increased." : of.type;
}

export function actor(who: Schemas["Actor"]): string {
  switch (who.type) {
    case "contact":
      return who.contact;
    case "caller":
      return who.caller;
    case "muster":
      return "Muster";
  }
}

export function identity(of: Schemas["FindingIdentity"]): string {
  return of.type === "product" ? `${of.product} ${of.id}` : of.id;
}

export function reason(why: Schemas["PageReason"]): string {
  return why.type === "role" ? (why.role satisfies Schemas["Role"]) : why.type;
}

export function channel(of: Schemas["Channel"]): string {
  return `${of.type}: ${of.address}`;
}

// A word or data, without a tag.
export function status(of: Schemas["Contact"]["status"]): string {
  return typeof of === "string" ? of : of.on_leave.until;
}

export function availability(of: Schemas["Contact"]["availability"]): string {
  return typeof of === "string" ? of : of.flatMap((window) => window.days).join(", ");
}

// Shows the errors of a request.
export function errors(problem: Answer<operations["createContact"], 422>): string[] {
  return (problem.errors ?? []).map((error) => `${error.field} ${error.message}`);
}
