package inbound

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// reasonOf is why an event cannot be read, or is ignored: people see either.
func reasonOf(e provider.Event) error {
	if reason := e.Unreadable + e.Ignored; reason != "" {
		return errors.New(reason)
	}
	return nil
}

// wrong is what is wrong with an event.
func wrong(e provider.Event) string {
	meanings := 0
	for _, set := range []bool{e.Content != nil, e.Receipt != nil, e.Ignored != "", e.Unreadable != ""} {
		if set {
			meanings++
		}
	}
	switch {
	case meanings != 1:
		return fmt.Sprintf("has %d of content, receipt, unreadable and ignored", meanings)
	case e.Key == "" && e.Ignored == "" && e.Unreadable == "":
		return "has no key"
	case e.Content != nil && e.Contact.GetAddress() == "":
		return "has no contact"
	case e.Content != nil && e.Content.GetKind() == nil, e.Content.GetText() != nil && e.Content.GetText().GetBody() == "":
		return "has an empty content"
	case e.Receipt != nil && e.Receipt.Status == eventv1.Status_STATUS_UNSPECIFIED:
		return "is a receipt without a status"
	case e.Receipt != nil && e.Receipt.UpTo && (e.Contact.GetAddress() == "" || e.Receipt.Ref == "" && e.At.IsZero()):
		return "is a watermark without a contact, or without an end"
	case e.Receipt != nil && e.Receipt.Ref == "" && e.Receipt.OwnID == "" && !e.Receipt.UpTo:
		return "is a receipt that names no message"
	case e.Edits != "" && (!e.Edited || e.Edits == e.Key):
		return "edits a message and is no edit, or edits itself"
	case e.Reply != nil && (e.Content == nil || e.Reply.Until.IsZero()):
		return "has a reply without a message or an end"
	}
	if e.State != nil && e.Content == nil {
		return "has something to keep without a message"
	}
	if e.Content != nil {
		if _, err := proto.Marshal(e.Content); err != nil {
			return "cannot be stored: " + err.Error()
		}
	}
	if _, err := proto.Marshal(e.Contact); err != nil {
		return "cannot be stored: " + err.Error()
	}
	return ""
}

// undeclared is what an event says that the network does not declare.
func undeclared(e provider.Event, c provider.Confirms) string {
	switch {
	case e.Receipt != nil && c.Receipts == "":
		return "is a receipt, and Confirms.Receipts is not set"
	case e.Receipt != nil && e.Receipt.Status == eventv1.Status_STATUS_FAILED && c.Failures == "":
		return "says that a message failed, and Confirms.Failures is not set"
	case e.Receipt != nil && e.Receipt.UpTo && c.Watermarks == "":
		return "is a watermark, and Confirms.Watermarks is not set"
	case e.Receipt != nil && e.Receipt.OwnID != "" && c.OwnID == "":
		return "hands our id back, and Confirms.OwnID is not set"
	case len(e.Contact.GetAliases()) > 0 && c.Aliases == "":
		return "has other addresses of the contact, and Confirms.Aliases is not set"
	}
	return ""
}
