package topology

import "strings"

// BucketStream is the prefix of the broker's names for the streams of buckets: KV_CHANNELS.
const BucketStream = "KV_"

// Purpose says in a few words for people what a stream is for; "" for a stream that does not belong to a deployment. A bucket is named by
// its stream, KV_<name>.
func Purpose(stream string) string {
	if kind, far, ok := strings.Cut(stream, "_"); ok {
		switch kind {
		case "WEBHOOKS":
			return "calls of " + far + " as they came"
		case "EGRESS":
			return "what waits to be sent to " + far
		case "OUTCOMES":
			return "what became of each send to " + far + ", and its receipts"
		}
	}
	return map[string]string{
		Messages.Name:           "messages on their way to the translator",
		Index.Name:              "what is remembered of messages",
		Journal.Name:            "history for people",
		Dead.Name:               "dead letters",
		Audit.Name:              "what operators did",
		Sent.Name:               "texts of sent messages that may fail yet",
		Files.Name:              "attachments",
		BucketStream + Networks: "what each network declares",
		BucketStream + Channels: "settings of channels, and how they stand",
		BucketStream + Secrets:  "credentials",
		BucketStream + Contacts: "addresses of contacts",
		BucketStream + Context:  "questions with numbers to answer",
		BucketStream + Replies:  "how contacts can be answered",
		BucketStream + State:    "what networks keep of their channels, tokens among it",
		BucketStream + Leases:   "which process works on what",
	}[stream]
}

// Body is the name of the protobuf message that is stored under a subject; "" where something else is.
func Body(subject string) string {
	kind, _, _ := strings.Cut(subject, ".")
	return map[string]string{
		"webhook": "puente.webhook.v1.Call",
		"message": "puente.event.v1.Event",
		"egress":  "puente.event.v1.Event",
		"outcome": "puente.event.v1.Event",
		"sent":    "puente.event.v1.Event",
		"dead":    "puente.event.v1.DeadLetter",
		"journal": "puente.journal.v1.Entry",
		"seen":    "puente.index.v1.Seen",
		"state":   "puente.index.v1.State",
		"ref":     "puente.index.v1.Ref",
		"early":   "puente.index.v1.Early",
		"mark":    "puente.index.v1.Mark",
		"call":    "puente.index.v1.Admission",
		"audit":   "puente.audit.v1.Record",
	}[kind]
}

// ContentType says what is stored under a subject, that of a bucket's keys among them ($KV.CHANNELS.>); "" for a subject that does not
// belong to a deployment.
func ContentType(subject string) string {
	if body := Body(subject); body != "" {
		return protobuf + body
	}
	kind, rest, _ := strings.Cut(subject, ".")
	bucket, _, _ := strings.Cut(rest, ".")
	switch {
	case kind == "file":
		return "application/octet-stream; .info: application/json"
	case kind != "$KV":
		return ""
	}
	return map[string]string{
		Networks: "application/json",
		Channels: "application/json",
		Secrets:  "application/json; digest: application/octet-stream",
		Contacts: "text/plain; kept.>: application/octet-stream",
		Context:  protobuf + "puente.index.v1.Question",
		Replies:  "application/json",
		State:    "application/octet-stream",
		Leases:   "application/json",
	}[bucket]
}

const protobuf = "application/protobuf; messageType="
