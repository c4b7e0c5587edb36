package sms

import "github.com/bonychat/puente/pkg/reason"

// reasons are all that the code of SMS providers may say of a message or a set-up.
var reasons reason.Table

// Every reason, with whose fault it is.
var (
	noNumber = reasons.New("not_a_number", reason.Agent,
		"a contact of an SMS channel is a phone number in international form, such as +34600111222",
		"un contacto de un canal de SMS es un número de teléfono en formato internacional, como +34600111222")
	textsOnly = reasons.New("texts_only", reason.Agent,
		"an SMS carries only text",
		"un SMS solo lleva texto")
	empty = reasons.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	refused = reasons.New("refused", reason.Agent,
		"the SMS provider does not take this message ({code})",
		"el proveedor de SMS no acepta este mensaje ({code})")
	accountRefused = reasons.New("account_refused", reason.Setup,
		"the SMS provider refuses the account: its credentials, its permissions or its credit ({code})",
		"el proveedor de SMS rechaza la cuenta: sus credenciales, sus permisos o su saldo ({code})")
	notNow = reasons.New("not_now", reason.Network,
		"the SMS provider cannot take the message now ({code})",
		"el proveedor de SMS no puede aceptar el mensaje ahora ({code})")
	notTaken = reasons.New("not_taken", reason.Network,
		"the SMS provider does not take the message, for a reason that its declaration does not know ({code})",
		"el proveedor de SMS no acepta el mensaje, por un motivo que su declaración no conoce ({code})")
	notDelivered = reasons.New("not_delivered", reason.Network,
		"the message was not delivered",
		"el mensaje no se ha entregado")
	notDeliveredCode = reasons.New("not_delivered_code", reason.Network,
		"the message was not delivered (the SMS provider's code {code})",
		"el mensaje no se ha entregado (código {code} del proveedor de SMS)")
)
