package operatetest

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Scene is what the bridge knows.
type Scene struct {
	Messages      []*controlv1.Message
	Contacts      map[string]string // of messages, by their ids
	More          bool              // there are more messages
	Hops          []*controlv1.WatchResponse
	WatchLasts    bool // a watch ends with its caller alone
	Channels      []*controlv1.Channel
	Details       *controlv1.GetChannelResponse
	Paused        *controlv1.Channel
	Findings      map[string][]*controlv1.Finding
	Applied       *controlv1.ApplyResponse
	Failures      []*controlv1.Failure
	Resent        []*controlv1.Failure
	Summary       *controlv1.SummarizeFailuresResponse
	Body, Content string
	WouldGo       []*controlv1.ReplayFailuresResponse
	Replayed      []*controlv1.ReplayFailuresResponse
	Calls         []*controlv1.Call
	Points        []*controlv1.TrafficPoint // of the traffic, instead of its own
	CallShown     *controlv1.ShowCallResponse
	CallsReplayed []*controlv1.ReplayCallsResponse
	State         *controlv1.StatusResponse
	StreamList    []*controlv1.Stream
	Acts          []*controlv1.Act
	Refusals      *controlv1.ListRefusalsResponse
	Networks      *controlv1.ListNetworksResponse
	Drafted       *controlv1.DraftChannelResponse
	// Tried is what a network says of credentials that were typed, Setup and Changed how a channel is set up, and what a change comes to.
	Tried   []*controlv1.Finding
	Setup   *controlv1.GetSetupResponse
	Changed *controlv1.ChangeChannelResponse
}

// Now is when the scene is.
var Now = time.Date(2026, time.November, 29, 4, 33, 0, 0, time.FixedZone("", 3600))

// at is a time of the scene's day.
func at(hour, minute, second, ms int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, time.November, 29, hour, minute, second, ms*int(time.Millisecond), Now.Location()))
}

// The reasons of the scene.
var (
	tokenEnded = &reasonv1.Reason{Code: "whatsapp.token_ended", Fault: reasonv1.Fault_FAULT_SETUP, En: "the access token has ended (190)", Es: "el token de acceso ha caducado (190)"}
	toldToWait = &reasonv1.Reason{Code: "puente.told_to_wait", Fault: reasonv1.Fault_FAULT_NETWORK, Params: map[string]string{"seconds": "40"}, En: "telegram asked to wait 40 s", Es: "telegram pidió esperar 40 s"}
	blocked    = &reasonv1.Reason{Code: "telegram.bot_blocked", Fault: reasonv1.Fault_FAULT_CONTACT, En: "the contact blocked the bot", Es: "el contacto bloqueó el bot"}
	twice      = &reasonv1.Reason{Code: "puente.may_arrive_twice", Fault: reasonv1.Fault_FAULT_PUENTE, En: "the network took it once: the contact may get it twice", Es: "la red ya lo aceptó una vez: el contacto puede recibirlo dos veces"}
	noNumber   = &reasonv1.Reason{Code: "whatsapp.not_a_number", Fault: reasonv1.Fault_FAULT_CONTACT, En: "the number is not on WhatsApp (131026)", Es: "el número no está en WhatsApp (131026)"}
	unreadable = &reasonv1.Reason{Code: "puente.unreadable", Fault: reasonv1.Fault_FAULT_PUENTE, En: "the call cannot be read", Es: "la llamada no se puede leer"}
	noChannel  = &reasonv1.Reason{Code: "puente.channel_removed", Fault: reasonv1.Fault_FAULT_PUENTE, En: "its channel was removed", Es: "su canal fue retirado"}
)

// The ids of the scene's messages.
const (
	Waits   = "01a2259364287db1b1443304ddae5ecf"
	Before  = "01a2259363797cae949bcbccf000b656"
	WasRead = "01a22598aa10740a9c31aa07d7f2e1c3"
	Receipt = "01a22596bb20751bad42bb18e803f2d4"
	Contact = "+34600111222"
	// KeyOfContact stands for the contact, and KeyOfAnother for one whose address is not known.
	KeyOfContact = "qk3za4tmbx2yw5v6u7r3s2p4oa"
	KeyOfAnother = "b7f3aqzxm2yw5v6u7r3s2p4oab"
	Trace        = "7ef719a60c2d4f5e8a9b0c1d2e3f4a5b"
)

// NewScene is three channels: one is suspended, one was told to wait, one is well.
func NewScene() Scene {
	s := newScene()
	s.Networks = &controlv1.ListNetworksResponse{PublicUrl: "https://bridge.example.com", Source: "/etc/puente/puente.yaml", Writable: true, Networks: []*controlv1.Network{
		{Name: "telegram", Doc: "https://core.telegram.org/bots/api", Registers: true, Called: true, Fields: []*controlv1.AccountField{
			{Name: "api", Doc: "Where the Bot API is."},
			{Name: "token", Doc: "The bot's token, as @BotFather gives it.", DocEs: "El token del bot, como lo da @BotFather.", Label: "Bot token", LabelEs: "Token del bot", Secret: true, Required: true},
			{Name: "mode", Doc: "How updates come.", DocEs: "Cómo llegan los mensajes.", Label: "How updates come", LabelEs: "Cómo llegan los mensajes", Values: []string{"webhook", "poll"}},
		}},
		{Name: "whatsapp", Doc: "https://developers.facebook.com/docs/whatsapp", WebhookPage: "https://developers.facebook.com/docs/webhooks", Instructs: true, Called: true, Fields: []*controlv1.AccountField{
			{Name: "phone_number_id", Doc: "The id of the business phone number.", Required: true},
		}},
	}}
	s.Acts = []*controlv1.Act{
		{Time: at(4, 32, 0, 0), Actor: "walter", Role: "write", Procedure: "/puente.control.v1.FailureService/ReplayFailures", Detail: "by reason, kind receipt, since 2026-11-29T03:00:00Z, dry run", Outcome: "ok"},
		{Time: at(4, 31, 0, 0), Actor: "walter", Role: "write", Procedure: "/puente.control.v1.ChannelService/PauseChannel", Target: "tienda-telegram", Detail: "for 30m0s", Outcome: "ok", Reason: "token"},
		{Time: at(4, 30, 0, 0), Actor: "rosa", Role: "read", Procedure: "/puente.control.v1.ChannelService/PauseChannel", Detail: "101 times lately, 3 refusals before it are not recorded one by one", Outcome: "permission_denied"},
		{Time: at(4, 29, 0, 0), Actor: "walter", Role: "write", Procedure: "/puente.control.v1.ChannelService/AddChannel", Target: "nuevo", Detail: "network telegram", Outcome: "ok"},
	}
	s.Refusals = &controlv1.ListRefusalsResponse{Processes: 1, Since: at(0, 0, 0, 0), Refusals: []*controlv1.Refusal{
		{By: "network", Network: "telegram", Channel: "tienda-telegram", Cause: "forged", Times: 12, Last: at(4, 31, 0, 0), Sample: &controlv1.RefusedCall{
			Time: at(4, 31, 0, 0), Method: "POST", Size: 312, Headers: []string{"Content-Type", "X-Telegram-Bot-Api-Secret-Token"}, Structure: `{"update_id":"number"}`,
		}},
		{By: "platform", Cause: "unauthorized", Times: 3, Last: at(4, 30, 0, 0)},
		{By: "platform", Network: "whatsapp", Channel: "tienda-whatsapp", Cause: "invalid", Times: 2, Last: at(4, 29, 0, 0), Breaches: []*controlv1.Breach{
			{Field: "message.text", En: "is required, 1 to 7000 characters", Es: "falta; de 1 a 7000 caracteres", Times: 2, Last: at(4, 29, 0, 0)},
		}},
	}}
	s.Tried = []*controlv1.Finding{{What: "credentials", Good: true, En: "good", Es: "correctas"}}
	s.Setup = &controlv1.GetSetupResponse{
		Draft:   &controlv1.Draft{ContactId: "phone", WebhookUrl: "https://okeybot.com/custom/webhook", Locale: "es", Account: map[string]string{"api": "https://api.example.com"}},
		Secrets: []string{"platform.api_token", "account.token"}, Version: "v7",
	}
	s.Changed = &controlv1.ChangeChannelResponse{
		Changes: []*controlv1.SettingChange{{Field: "account.token", Secret: true}, {Field: "locale", Before: "es", After: "en"}},
		Text:    "- id: tienda-telegram\n  locale: en\n", Files: []*controlv1.SecretFile{{Path: "secrets/tienda-telegram/account.token", Field: "account.token"}},
	}
	s.Drafted = &controlv1.DraftChannelResponse{Text: "- id: nuevo\n  network: telegram\n", Files: []*controlv1.SecretFile{{Path: "secrets/nuevo/account.token", Field: "account.token"}}}
	return s
}

func newScene() Scene {
	s := Scene{Contacts: map[string]string{Before: Contact, WasRead: Contact, Receipt: Contact}}
	s.Messages = []*controlv1.Message{waits(), before(), wasRead(), failedByReceipt()}
	s.Channels = []*controlv1.Channel{
		{
			Id: "tienda-whatsapp", Network: "whatsapp", State: controlv1.ChannelState_CHANNEL_STATE_SUSPENDED, Why: tokenEnded, Since: at(2, 18, 40, 0),
			Waiting: 37, Oldest: at(2, 19, 10, 0), FirstEnds: timestamppb.New(Now.Add(21*time.Hour + 46*time.Minute)), OutLastHour: 390, InLastHour: 301, FailedLastDay: 3, ResentLastDay: 1,
			LastSent: at(2, 18, 30, 0), LastTold: at(4, 32, 57, 0),
			LastIn: at(4, 32, 56, 0), Remedy: "a new access token, then puente reload", RemedyEs: "un token de acceso nuevo y después puente reload",
			PlatformState: controlv1.ChannelState_CHANNEL_STATE_OK,
		},
		{
			Id: "tienda-telegram", Network: "telegram", State: controlv1.ChannelState_CHANNEL_STATE_WAITING, Why: toldToWait, Since: at(4, 32, 25, 0), Until: at(4, 33, 5, 0),
			Waiting: 3, Oldest: at(4, 32, 25, 0), OutLastHour: 402, InLastHour: 377, FailedLastDay: 2, LastIn: at(4, 32, 48, 0), PlatformState: controlv1.ChannelState_CHANNEL_STATE_OK,
		},
		{
			Id: "tienda-twilio", Network: "twilio", State: controlv1.ChannelState_CHANNEL_STATE_OK, Since: at(0, 0, 0, 0), OutLastHour: 412, InLastHour: 302, FailedLastDay: 1,
			LastIn: at(4, 32, 29, 0), PlatformState: controlv1.ChannelState_CHANNEL_STATE_OK,
		},
	}
	s.State = &controlv1.StatusResponse{
		Needs: []*controlv1.Need{{
			Channel: "tienda-whatsapp", Why: tokenEnded, Since: at(2, 18, 40, 0), Waiting: 37, FirstEnds: timestamppb.New(Now.Add(21*time.Hour + 46*time.Minute)),
			Remedy: "a new access token, then puente reload", RemedyEs: "un token de acceso nuevo y después puente reload",
		}},
		Channels: 3, Ok: 1, Waiting: 1, Suspended: 1, MessagesWaiting: 40, Oldest: at(2, 19, 10, 0), Fill: 0.034, Fullest: "WEBHOOKS_telegram", Processes: 4, Versions: []string{"v1.2.0"},
		HistoryBehind: 12, EndedUntil: at(2, 19, 10, 0),
	}
	s.Details = &controlv1.GetChannelResponse{
		Waiting:  []*controlv1.WaitingGroup{{Why: tokenEnded, Messages: 37, Contacts: 21, NextTry: at(4, 40, 0, 0)}},
		Settings: map[string]string{"contact_id": "phone", "mode": "webhook"}, PerSecond: 80, Tokens: 12.5,
		History: []*controlv1.ChannelEvent{{Time: at(2, 18, 40, 0), What: "held", Why: tokenEnded}, {Time: timestamppb.New(Now.Add(-30 * time.Hour)), What: "resumed"}},
	}
	s.Paused = &controlv1.Channel{
		Network: "whatsapp", State: controlv1.ChannelState_CHANNEL_STATE_PAUSED, Since: timestamppb.New(Now), Until: timestamppb.New(Now.Add(30 * time.Minute)),
		PausedBy: "ana", PausedReason: "token rotation", Waiting: 37, Oldest: at(2, 19, 10, 0),
	}
	s.rest()
	return s
}

func waits() *controlv1.Message {
	return &controlv1.Message{
		Id: Waits, Direction: controlv1.Direction_DIRECTION_OUT, Network: "telegram", Channel: "tienda-telegram", ContactKey: KeyOfAnother, State: controlv1.State_STATE_WAITING,
		Why: toldToWait, Behind: Before, Position: 2, Lane: 3, NextTry: at(4, 33, 5, 0), Ends: timestamppb.New(Now.Add(24 * time.Hour)), AcceptedAt: at(4, 32, 26, 152), StateAt: at(4, 32, 26, 154),
		Parts: 1, TraceId: Trace, TraceUrl: "http://jaeger:16686/trace/" + Trace, Live: true,
		Hops: []*controlv1.Hop{
			{Time: at(4, 32, 26, 152), Hop: "accepted", Service: "ingress", Id: Waits, Network: "telegram", Channel: "tienda-telegram", Direction: controlv1.Direction_DIRECTION_OUT},
			{Time: at(4, 32, 26, 154), Hop: "routed", Service: "translator", Id: Waits, Network: "telegram", Channel: "tienda-telegram", Direction: controlv1.Direction_DIRECTION_OUT},
		},
	}
}

func before() *controlv1.Message {
	return &controlv1.Message{
		Id: Before, Direction: controlv1.Direction_DIRECTION_OUT, Network: "telegram", Channel: "tienda-telegram", Contact: "···555", State: controlv1.State_STATE_WAITING,
		Why: toldToWait, NextTry: at(4, 33, 5, 0), Ends: timestamppb.New(Now.Add(24 * time.Hour)), AcceptedAt: at(4, 32, 25, 977), StateAt: at(4, 32, 25, 982), Parts: 1, Position: 1, Lane: 3,
	}
}

func wasRead() *controlv1.Message {
	return &controlv1.Message{
		Id: WasRead, Direction: controlv1.Direction_DIRECTION_OUT, Network: "whatsapp", Channel: "tienda-whatsapp", Contact: "···222", ContactKey: KeyOfContact, State: controlv1.State_STATE_READ,
		AcceptedAt: at(4, 27, 53, 800), SentAt: at(4, 27, 54, 400), StateAt: at(4, 27, 55, 0), Parts: 2, Generation: 1,
		Hops: []*controlv1.Hop{
			{Time: at(4, 27, 53, 800), Hop: "accepted", Service: "ingress"},
			{Time: at(4, 27, 53, 803), Hop: "routed", Service: "translator"},
			{Time: at(4, 27, 54, 250), Hop: "sent", Service: "egress-whatsapp"}, // a receipt, before the answer to the send
			{Time: at(4, 27, 54, 300), Hop: "sent", Service: "egress-whatsapp", Attempts: 3, Holds: []*controlv1.Hold{
				{Why: toldToWait, Since: at(4, 27, 53, 810), Until: at(4, 27, 54, 200), Behind: Before},
			}},
			{Time: at(4, 27, 54, 400), Hop: "sent", Service: "egress-whatsapp", Part: 1, Attempts: 1},
			{Time: at(4, 27, 54, 900), Hop: "sent", Service: "egress-whatsapp", Part: 1}, // a receipt, after it
			{Time: at(4, 27, 55, 0), Hop: "read", Service: "egress-whatsapp"},
		},
	}
}

func failedByReceipt() *controlv1.Message {
	return &controlv1.Message{
		Id: Receipt, Direction: controlv1.Direction_DIRECTION_OUT, Network: "whatsapp", Channel: "tienda-whatsapp", Contact: "···222", ContactKey: KeyOfContact, State: controlv1.State_STATE_FAILED_BY_RECEIPT,
		Why: noNumber, AcceptedAt: timestamppb.New(Now.Add(-26 * time.Hour)), StateAt: timestamppb.New(Now.Add(-26*time.Hour + 3*time.Second)), Parts: 1,
		Hops: []*controlv1.Hop{
			{Time: timestamppb.New(Now.Add(-26 * time.Hour)), Hop: "accepted", Service: "ingress"},
			{Time: timestamppb.New(Now.Add(-26*time.Hour + 3*time.Second)), Hop: "failed", Service: "egress-whatsapp", ByReceipt: true, Reason: noNumber},
		},
	}
}
