package clicksend

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
)

// Why a receipt is ignored.
const (
	ignoredForeign = "receipt of a message that was sent elsewhere"
	ignoredKind    = "receipt of something other than an SMS"
	ignoredStatus  = "receipt with an unknown status"
)

// own matches what custom_string is where this bridge sent the message: [provider.IdempotencyKey].
var own = regexp.MustCompile(`^[0-9a-f]{32}-[0-9]{1,4}$`)

// otherKinds share the format of SMS receipts; message_type tells them apart.
var otherKinds = map[string]bool{"voice": true, "email": true, "fax": true, "post": true, "letter": true, "postcard": true}

// receipt is the word on a message that was sent.
func (f fields) receipt() ([]provider.Event, error) {
	id, key := f.first("message_id", "messageid"), f.first("custom_string", "customstring")
	if id == "" && key == "" {
		return nil, errors.New("a receipt names no message: it has no message_id and no custom_string")
	}
	status := f.status()
	switch {
	case otherKinds[strings.ToLower(f["message_type"])]:
		return ignore(ignoredKind), nil
	case !own.MatchString(key):
		return ignore(ignoredForeign), nil
	case status == eventv1.Status_STATUS_UNSPECIFIED:
		return ignore(ignoredStatus), nil
	}
	r := provider.Receipt{Ref: id, OwnID: key, Status: status}
	if status == eventv1.Status_STATUS_FAILED {
		r.Reason = f.reason()
	}
	event := provider.ReceiptEvent(fmt.Sprintf("receipt:%s:%s:%s", key, id, f.first("status_code", "status")), r)
	return []provider.Event{event.WithTime(f.at())}, nil
}

func ignore(why string) []provider.Event { return []provider.Event{provider.IgnoredEvent(why)} }

// status is what a receipt means: https://help.clicksend.com/en/articles/42318-sms-troubleshooting. A message that
// ClickSend tries again (300) has been sent and has not failed. One that its staff cancelled has no code.
func (f fields) status() eventv1.Status {
	switch f["status_code"] {
	case "200", "300":
		return eventv1.Status_STATUS_SENT
	case "201":
		return eventv1.Status_STATUS_DELIVERED
	case "301":
		return eventv1.Status_STATUS_FAILED
	}
	switch strings.ToLower(f["status"]) {
	case "failed", "cancelled", "cancelledafterreview", "undelivered":
		return eventv1.Status_STATUS_FAILED
	case "delivered":
		return eventv1.Status_STATUS_DELIVERED
	case "sent", "queued", "scheduled", "waitapproval", "completed":
		return eventv1.Status_STATUS_SENT
	default:
		return eventv1.Status_STATUS_UNSPECIFIED
	}
}

// reasons are why a message failed, by words of ClickSend's description of it. Its numbers mean one thing in
// https://help.clicksend.com/article/8cc479qlbb-list-of-sms-gateway-error-codes and another in
// https://help.clicksend.com/en/articles/42318-sms-troubleshooting.
var reasons = []struct {
	words string
	why   reason.Reason
}{
	{"unknown subscriber", notInUse},
	{"unidentified subscriber", notValid},
	{"illegal subscriber", networkRefused},
	{"absent subscriber", phoneOff},
	{"memory capacity", phoneFull},
	{"not supporting sms", noSMS},
	{"anti-spam", spam},
	{"network error or congestion", congested},
	{"rejected by the recipient network", networkRefused},
	{"timeout", carrierTimeout},
	{"routing error", noRoute},
	{"receipt expired", receiptExpired},
	{"comply with", cancelledForContent},
	{"cancel", cancelled},
	{"unknown failure", unknownFailure},
}

func (f fields) reason() reason.Reason {
	said := strings.ToLower(strings.Join([]string{f["error_text"], f["status_text"], f["status"]}, " "))
	for _, r := range reasons {
		if strings.Contains(said, r.words) {
			return r.why
		}
	}
	if code := f["error_code"]; errorCode.MatchString(code) {
		return notDeliveredCode.With("code", code)
	}
	return notDelivered
}

var errorCode = regexp.MustCompile(`^[0-9]{1,6}$`)
