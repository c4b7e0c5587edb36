package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Abilities are the optional abilities of a network. Each field is set to a value of the type that has the ability, such as
// (*sender)(nil) or Account{}, of which only the type counts; nil is an ability that the network does not have:
//
//	Abilities: provider.Abilities{Fetcher: (*sender)(nil), Checker: (*sender)(nil), Validator: Account{}},
//
// So a method that is misspelt, or has other parameters, does not compile. If a sender or an account has an ability that the network does
// not declare, or the reverse, [Network.Validate] and opening an account fail.
type Abilities struct {
	// Fetcher: attachments that come as a handle are fetched and stored. Without it the agent reads that there was a file.
	Fetcher Fetcher
	// Checker: the network can be asked whether the credentials are good.
	Checker Checker
	// Setter: the webhook is registered at the start, and by puente setup --register.
	Setter Setter
	// Instructor: a person is told how to register the webhook.
	Instructor Instructor
	// Inspector: the network can be asked where it calls.
	Inspector Inspector
	// Listener: messages are polled or received over a connection, instead of by Webhook or beside it.
	Listener Listener
	// Called: an account with Listener may have a webhook too.
	Called Called
	// Validator is the account's type, if it checks more than that required settings are there.
	Validator Validator
	// Agreed is the account's type, if each account has rates of its own by its contract.
	Agreed Agreed
	// Identity is the account's type, if several channels may share one account's rates.
	Identity Identity
	// Exclusive is the account's type, where no two channels can have the same number, mailbox or the like.
	Exclusive Exclusive
}

// ability is one of [Abilities].
type ability struct {
	name     string
	declared any // nil for no
	has      func(any) bool
}

func has[I any](v any) bool { _, ok := v.(I); return ok }

// ofSender are the abilities of senders, ofAccount those of accounts.
func (a Abilities) ofSender() []ability {
	return []ability{
		{"Fetcher", a.Fetcher, has[Fetcher]}, {"Checker", a.Checker, has[Checker]}, {"Setter", a.Setter, has[Setter]},
		{"Instructor", a.Instructor, has[Instructor]}, {"Inspector", a.Inspector, has[Inspector]},
		{"Listener", a.Listener, has[Listener]}, {"Called", a.Called, has[Called]},
	}
}

func (a Abilities) ofAccount() []ability {
	return []ability{{"Validator", a.Validator, has[Validator]}, {"Identity", a.Identity, has[Identity]}, {"Agreed", a.Agreed, has[Agreed]}, {"Exclusive", a.Exclusive, has[Exclusive]}}
}

// names are the abilities that are declared.
func (a Abilities) names() (names []string) {
	for _, one := range append(a.ofSender(), a.ofAccount()...) {
		if one.declared != nil {
			names = append(names, one.name)
		}
	}
	return names
}

// check joins what is wrong with the declaration: the types that it names have other abilities than it says.
func (a Abilities) check(account reflect.Type) error {
	errs := []error{compare("account type "+account.String(), reflect.Zero(account).Interface(), a.ofAccount())}
	seen := map[reflect.Type]bool{}
	for _, one := range a.ofSender() {
		if one.declared == nil || seen[reflect.TypeOf(one.declared)] {
			continue
		}
		seen[reflect.TypeOf(one.declared)] = true
		errs = append(errs, a.match(one.declared))
	}
	if a.Called != nil && a.Listener == nil {
		errs = append(errs, errors.New("Abilities.Called needs Abilities.Listener"))
	}
	return errors.Join(errs...)
}

// match says how the abilities of a sender differ from what is declared, nil where they do not.
func (a Abilities) match(sender any) error {
	return compare(fmt.Sprintf("sender %T", sender), sender, a.ofSender())
}

func compare(what string, value any, abilities []ability) error {
	var errs []error
	for _, one := range abilities {
		switch is := one.has(value); {
		case is && one.declared == nil:
			errs = append(errs, fmt.Errorf("the %s is a %s, and the network does not declare it: Abilities.%s", what, one.name, one.name))
		case !is && one.declared != nil:
			errs = append(errs, fmt.Errorf("the network declares Abilities.%s, and the %s is none", one.name, what))
		}
	}
	return errors.Join(errs...)
}

// Fetcher opens an attachment that came as a handle.
type Fetcher interface {
	// Fetch opens the file that the attachment's Handle names. The runtime stores it, up to [MaxFile], and closes it. A try may take a
	// minute. [outcome.Reject] means that the file can never be fetched. After any other error Fetch is called again, for a minute, or
	// for as long as [outcome.TemporaryFor] says; the contact's later messages wait meanwhile. It is called by many goroutines at once, at
	// most eight for one channel.
	Fetch(ctx context.Context, a *messagev1.Attachment) (*File, error)
}

// MaxFile is the largest attachment that is stored, in bytes. A message with a larger one arrives with a note in its place.
const MaxFile = 100 << 20

// File is an attachment that [Fetcher] opened.
type File struct {
	// Body is the file's bytes. The runtime closes it.
	Body io.ReadCloser
	// MediaType is what the network told; "" if it told nothing, and the file's first bytes decide.
	MediaType string
	// Name is the network's name for the file, or "".
	Name string
	// ContentType is the Content-Type of the answer that holds the file, if MediaType was told elsewhere. By it, and by the file's
	// first bytes, the runtime notices a web page in place of the file.
	ContentType string
}

// Setter registers the webhook with the network.
type Setter interface {
	// Setup registers webhookURL. If it is registered already as it has to be, it changes nothing. todo says what a person still has to
	// do, or is "". If public_url is https, it is called when the network's service starts and when the account changes, and again with
	// growing pauses until it returns nil, [outcome.Reject] or [outcome.Suspend].
	Setup(ctx context.Context, webhookURL string) (todo string, err error)
}

// Instructor tells a person how to register the webhook, for cases in which [Setter] must not be called.
type Instructor interface {
	// Instructions are a call to copy, with names in place of credentials. It does no I/O.
	Instructions(webhookURL string) string
}

// Checker asks the network whether the credentials are good.
type Checker interface {
	// Check returns nil if they are good. [outcome.Suspend] and [outcome.Reject] mean that they are not; any other error means that
	// nobody knows. It changes nothing at the network.
	Check(ctx context.Context) error
}

// Inspector asks the network which webhook it calls for a channel. It changes nothing there.
type Inspector interface {
	// Inspect asks where the network calls. webhookURL is where it should. The errors are those of Send.
	Inspect(ctx context.Context, webhookURL string) (Inspection, error)
}

// Inspection is what a network knows of a channel's webhook.
type Inspection struct {
	// URL is where it calls; "" if it calls nowhere.
	URL string
	// Good is true if URL is the bridge's, and everything else is as [Setter] would make it.
	Good bool
	// Waiting is how many calls wait at the network; nil if it does not tell.
	Waiting *int
	// LastError is why the network's last call failed, in its words; "" if it did not fail, or the network does not tell.
	LastError string
}
