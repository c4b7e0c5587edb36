package stage

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
)

// Rules are what the kit knows of a network besides its conversations.
type Rules struct {
	// Whole names lists in calls whose elements never come one by one.
	Whole []string
	// Faults are the answers that each act is played with in place of its own.
	Faults []Fault
	// SocketFaults are those of a network that has a protocol of its own.
	SocketFaults []Fault
	// Mangled bounds the mangled answers of an act: each is a request.
	Mangled int
	// Peer makes the network's end of a connection, nil where the network has no protocol of its own.
	Peer func(net.Conn) Peer
	// Duplex says that the network is listened to while it sends.
	Duplex bool
}

// Fault is another answer than the one that a conversation has, and what may become of it.
type Fault struct {
	Name, Answer string
	Right        []result.Class
	// After is how long is waited, where the answer says so.
	After time.Duration
	// Sends says that the fault is one for messages only.
	Sends bool
	// Breaks says that the fault befalls the answer that the conversation has.
	Breaks bool
}

// Stage is a network with an account and a stand-in for its API. It is used by one goroutine, in a [Bubble].
type Stage struct {
	Rules
	Network provider.Driver
	Account json.RawMessage
	Server  *Server
	// Secrets are the account's secrets by the names of their fields.
	Secrets map[string]string
	Sender  provider.Sender
	Replies *sendertest.Replies
	State   *sendertest.State
	// Heard is what the last listen.json heard.
	Heard *Ear
	// Raised is the error of the last act as the network's code gave it, before the SDK looked through its words.
	Raised error
	// Raw says that a fetched file is judged as the network hands it on, without what the SDK makes of it.
	Raw bool

	client *httpclient.Client
	// private is what no error may hold, by what it is: secrets, and what the conversation says of people.
	private map[string]string
	// slept are the inputs of acts that were found to sleep.
	slept map[string]bool
}

// New is a stage for the account of a conversation.
func New(network provider.Driver, c *conversation.Conversation, rules Rules) (*Stage, error) {
	s := &Stage{Rules: rules, Network: network, Server: newServer(rules.Peer), Secrets: map[string]string{}, private: map[string]string{}, slept: map[string]bool{}}
	s.client = sendertest.NewClient(s.Server.URL())
	s.client.DialThrough(s.Server.dial)
	s.Account = json.RawMessage(s.Fill(string(c.Account)))
	var values map[string]any
	if err := json.Unmarshal(s.Account, &values); err != nil {
		s.Close()
		return nil, fmt.Errorf("account.json: %w", err)
	}
	for _, f := range network.Describe().Fields {
		list, many := values[f.Name].([]any)
		if !many {
			list = []any{values[f.Name]}
		}
		for i, one := range list {
			name := f.Name
			if i > 0 {
				name = fmt.Sprintf("%s[%d]", f.Name, i)
			}
			if value, _ := one.(string); f.Secret && value != "" {
				s.Secrets[name] = value
				s.private["the secret "+name] = value
			}
		}
	}
	s.Server.secrets = s.Secrets
	if errs := network.CheckAccount(s.Account); len(errs) > 0 {
		s.Close()
		return nil, fmt.Errorf("account.json: %v", errs)
	}
	host := sendertest.Host(network.Describe().Name, s.client)
	s.Replies, s.State = host.Replies.(*sendertest.Replies), host.State.(*sendertest.State)
	s.Server.tokens.held = s.State.Held
	var err error
	if panicked := Guard(func() { s.Sender, err = sendertest.OpenAt(network, s.Account, host) }); panicked != nil {
		err = panicked
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open: %w", err)
	}
	return s, nil
}

// Again is a stage for the same account with a sender and a stand-in of its own.
func (s *Stage) Again() (*Stage, error) {
	account := strings.ReplaceAll(string(s.Account), s.Server.URL(), "<server>")
	fresh, err := New(s.Network, &conversation.Conversation{Account: json.RawMessage(account)}, s.Rules)
	if err == nil {
		fresh.private, fresh.slept = s.private, s.slept
	}
	return fresh, err
}

// Close ends the stand-in and the connections to it.
func (s *Stage) Close() {
	s.client.Close()
	s.Server.close()
}

// Fill puts the stand-in's addresses where a file says <server> and <peer>.
func (s *Stage) Fill(text string) string {
	return strings.NewReplacer("<server>", s.Server.URL(), "<peer>", peerAt).Replace(text)
}
