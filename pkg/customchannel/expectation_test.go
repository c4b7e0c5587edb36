package customchannel

import (
	"regexp"
	"strings"
	"testing"
)

// maxRule finds the limit that a rule's name holds.
var maxRule = regexp.MustCompile(`max(\d+)$`)

// expectation derives from a file's _rule the path that its error names, and the
// limit where there is one.
func expectation(t *testing.T, p payload) (field, limit string) {
	t.Helper()
	if m := maxRule.FindStringSubmatch(p.rule); m != nil {
		limit = m[1]
	}
	parts := strings.Split(p.rule, ".")
	last := parts[len(parts)-1]
	event, message := "events[0].", "events[0].message"
	if p.direction != "inbound" {
		event, message = "", "message"
	}
	switch parts[0] {
	case "channelId", "contactId", "events":
		return parts[0], limit
	case "mId", "timestamp":
		return event + parts[0], limit
	case "event":
		return event + parts[1], enumLimit(last, limitEvents)
	case "status":
		if last == "enum" {
			return event + "status.value", limitStatuses
		}
		return event + "status", limit
	case "text":
		return message + ".text", limit
	case "message":
		if parts[1] == "type" {
			return message + ".type", enumLimit(last, limitMessages)
		}
		return message, limit
	case "attachment":
		if len(parts) == 2 {
			return message + ".attachment", limit
		}
		return message + ".attachment." + parts[1], limit + enumLimit(last, limitAttachments)
	case "location":
		return message + "." + parts[1], limit + rangeLimit(last, map[string]string{"latitude": "90", "longitude": "180"}[parts[1]])
	case "quick_reply":
		if parts[1] == "reply" {
			return message + ".replies[" + map[string]string{"string": "0", "max256": "1"}[last] + "]", limit
		}
		return message + "." + parts[1], limit
	case "contact":
		if parts[1] == "null" {
			return "contact." + strings.Split(p.name, "_")[1], limit
		}
		return "contact." + parts[1], limit + rangeLimit(last, "24")
	case "resp":
		if parts[1] == "error" {
			return map[string]string{"resp_error_no_message": "error.message", "resp_error_plain_string": "error"}[p.name], limit
		}
		return parts[1], limit
	}
	t.Fatalf("no test covers rule %q", p.rule)
	return "", ""
}

func enumLimit(last, words string) string {
	if last == "enum" {
		return words
	}
	return ""
}

func rangeLimit(last, bound string) string {
	if last == "range" {
		return bound
	}
	return ""
}
