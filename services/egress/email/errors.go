package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
	"github.com/bonychat/puente/services/egress/email/internal/smtp"
)

// quotaPause is how long is waited where a provider's quota is used up.
const quotaPause = 15 * time.Minute

// broken says why a connection was of no use. What a server said is in no error.
func broken(err error) error {
	if _, ok := errors.AsType[*outcome.Failure](err); ok {
		return err
	}
	return outcome.Temporary(why(err), err)
}

// why is the reason of an error of a connection.
func why(err error) reason.Reason {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return noAnswer
	case lost(err):
		return noConnection
	default:
		return strangeAnswer
	}
}

// lost says that a connection broke, and not what was said on it.
func lost(err error) bool {
	_, op := errors.AsType[*net.OpError](err)
	return op || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed)
}

// judgeSMTP says what the error of a step of sending means.
func judgeSMTP(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*outcome.Failure](err); ok { // of the file that was to be attached
		return f
	}
	r, ok := errors.AsType[*smtp.Refusal](err)
	if !ok {
		if errors.Is(err, smtp.ErrUnclear) {
			return outcome.UncertainBecause(why(err), err)
		}
		return broken(err)
	}
	return outcome.Quoting(r.Words(), judgeRefusal(r))
}

// beforehand are steps at which it is about the server, whatever the status.
var beforehand = map[string]bool{"greeting": true, "EHLO": true, "STARTTLS": true}

// judgeRefusal says what a refusal means (RFC 5321, 4.2; RFC 3463).
func judgeRefusal(r *smtp.Refusal) error {
	code := codeOf(r)
	switch {
	case r.Step == "STARTTLS" && r.Code >= 500:
		return outcome.Reject(noTLS, r)
	case r.Code == 530, r.Code == 534, r.Code == 535, r.Code == 538, r.Step == "AUTH" && r.Code >= 500:
		return outcome.Suspend(loginRefused.With("code", code), r)
	case quotas[r.Status] && !beforehand[r.Step]:
		return outcome.WaitBecause(quotaPause, outcome.Channel, quota.With("code", code), r)
	case r.Code < 500, beforehand[r.Step]:
		return outcome.Temporary(busy.With("code", code), r)
	case r.Step == "MAIL" && r.Code != 552, senders[r.Status]:
		return outcome.Reject(senderRefused.With("code", code), r)
	case r.Code == 552 && r.Status == "":
		return outcome.Reject(tooLarge.With("code", code), r)
	}
	if known := byStatus(r.Status); !known.IsZero() {
		return outcome.Reject(known.With("code", code), r)
	}
	if r.Step == "RCPT" && (r.Code == 550 || r.Code == 553) && r.Status == "" {
		return outcome.Reject(unknownAddress.With("code", code), r)
	}
	return outcome.Reject(refused.With("code", code), r)
}

// quotas are statuses by which providers say that a mailbox has sent enough for now.
// https://support.google.com/a/answer/3726730
// https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online
var quotas = map[string]bool{"5.4.5": true, "5.1.90": true, "4.5.3": true, "5.7.233": true}

// senders are statuses by which a server says that the login may not write from the address.
var senders = map[string]bool{"5.7.60": true, "5.1.8": true, "5.1.7": true}

// byStatus is why a mail was not delivered by an enhanced status code (RFC 3463), the zero value for one that says nothing.
func byStatus(status string) reason.Reason {
	_, rest, _ := strings.Cut(status, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	switch rest {
	case "1.1", "1.2", "1.3", "1.6", "1.10", "4.4":
		return unknownAddress
	case "2.2":
		return mailboxFull
	case "2.1":
		return mailboxOff
	case "2.3", "3.4":
		return tooLarge
	case "4.1", "4.2", "4.7":
		return unreachable
	case "6.7":
		return noUnicode
	}
	if subject == "7" && detail != "" {
		return policy
	}
	return reason.Reason{}
}

// codeOf is a refusal's code as a reason shows it: "550 5.1.1".
func codeOf(r *smtp.Refusal) string {
	if r.Status == "" {
		return strconv.Itoa(r.Code)
	}
	return fmt.Sprintf("%d %s", r.Code, r.Status)
}

// passing are response codes of IMAP that say that it is not for good (RFC 5530; THROTTLED and LIMIT are said by providers).
var passing = map[string]bool{
	"UNAVAILABLE": true, "INUSE": true, "SERVERBUG": true, "LIMIT": true, "THROTTLED": true, "OVERQUOTA": true, "CONTACTADMIN": true,
}

// judgeIMAP says what the error of a mailbox means.
func judgeIMAP(err error) error {
	if err == nil {
		return nil
	}
	r, ok := errors.AsType[*imap.Refusal](err)
	if !ok {
		return broken(err)
	}
	code := r.Code
	if code == "" {
		code = r.Word
	}
	login := r.Command == "LOGIN" || r.Command == "AUTHENTICATE"
	switch {
	case r.Code == "AUTHENTICATIONFAILED", r.Code == "AUTHORIZATIONFAILED", r.Code == "EXPIRED", r.Code == "PRIVACYREQUIRED":
		return outcome.Suspend(loginRefused.With("code", code), r)
	case r.Word == "BYE", passing[r.Code]:
		return outcome.Temporary(busy.With("code", code), r)
	case r.Command == "STARTTLS":
		return outcome.Reject(noTLS, r)
	case login:
		return outcome.Suspend(loginRefused.With("code", code), r)
	case r.Command == "EXAMINE" && r.Word == "NO":
		return outcome.Reject(noMailbox, r)
	default:
		return outcome.Temporary(busy.With("code", code), r)
	}
}

// isRefused says that a server answered NO to what was asked, and stays there.
func isRefused(err error) bool {
	r, ok := errors.AsType[*imap.Refusal](err)
	return ok && r.Word != "BYE" && !passing[r.Code]
}

// isPassing says that a server answered NO for now.
func isPassing(err error) bool {
	r, ok := errors.AsType[*imap.Refusal](err)
	return ok && r.Word == "NO" && passing[r.Code]
}
