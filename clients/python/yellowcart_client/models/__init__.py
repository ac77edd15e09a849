"""Contains all the data models used in inputs/outputs"""

from .aftersales_add_picture_file_params import AftersalesAddPictureFileParams
from .aftersales_page_out import AftersalesPageOut
from .aftersales_whole_out import AftersalesWholeOut
from .aftersales_whole_out_return_to import AftersalesWholeOutReturnTo
from .aftersales_words_in import AftersalesWordsIn
from .agree_in import AgreeIn
from .agree_in_return_to_type_0 import AgreeInReturnToType0
from .askable_out import AskableOut
from .asking_out import AskingOut
from .asking_out_reasons import AskingOutReasons
from .board_out import BoardOut
from .case_event_out import CaseEventOut
from .case_event_out_detail import CaseEventOutDetail
from .case_event_out_party import CaseEventOutParty
from .case_line_out import CaseLineOut
from .case_out import CaseOut
from .catalog_decision_in import CatalogDecisionIn
from .catalog_decision_in_decision import CatalogDecisionInDecision
from .catalog_step_verb import CatalogStepVerb
from .change_in import ChangeIn
from .close_in import CloseIn
from .commission_in import CommissionIn
from .contract_out import ContractOut
from .count_in import CountIn
from .countdown_in import CountdownIn
from .coupon_in import CouponIn
from .coupon_in_bearer import CouponInBearer
from .coupon_out import CouponOut
from .decide_in import DecideIn
from .decide_in_decision import DecideInDecision
from .decide_in_return_to_type_0 import DecideInReturnToType0
from .delta_in import DeltaIn
from .developers_log_out import DevelopersLogOut
from .developers_sent_out import DevelopersSentOut
from .draft_in import DraftIn
from .draft_in_body import DraftInBody
from .draft_out import DraftOut
from .draft_out_body import DraftOutBody
from .draft_out_rehearsal_type_0 import DraftOutRehearsalType0
from .exception_in import ExceptionIn
from .explain_in import ExplainIn
from .failed_out import FailedOut
from .flash_in import FlashIn
from .flash_out import FlashOut
from .give_in import GiveIn
from .give_in_reason import GiveInReason
from .host_terms_out import HostTermsOut
from .import_out import ImportOut
from .import_out_edits_kept_item import ImportOutEditsKeptItem
from .import_out_notes_item import ImportOutNotesItem
from .import_out_shop import ImportOutShop
from .insights_gmv_definition import InsightsGmvDefinition
from .insights_gmv_format import InsightsGmvFormat
from .insights_policy_rehearse_rule_response import InsightsPolicyRehearseRuleResponse
from .insights_room_definition import InsightsRoomDefinition
from .insights_room_report_csv_part import InsightsRoomReportCsvPart
from .inventory_import_products_multi_part_body_params import (
    InventoryImportProductsMultiPartBodyParams,
)
from .line_in import LineIn
from .link_in import LinkIn
from .listings_mount_response import ListingsMountResponse
from .listings_order_in import ListingsOrderIn
from .live_extend_in import LiveExtendIn
from .live_hosts_queue_response import LiveHostsQueueResponse
from .live_mount_response import LiveMountResponse
from .live_order_in import LiveOrderIn
from .live_script_act_response import LiveScriptActResponse
from .live_script_order_response import LiveScriptOrderResponse
from .live_script_read_response import LiveScriptReadResponse
from .live_script_step_response import LiveScriptStepResponse
from .live_script_write_response import LiveScriptWriteResponse
from .live_share_out import LiveShareOut
from .live_spotlight_count_down_response import LiveSpotlightCountDownResponse
from .live_spotlight_extend_response import LiveSpotlightExtendResponse
from .live_spotlight_link_up_response import LiveSpotlightLinkUpResponse
from .message_out import MessageOut
from .mount_in import MountIn
from .my_shop_out import MyShopOut
from .order_out import OrderOut
from .orders_extend_in import OrdersExtendIn
from .orders_line_out import OrdersLineOut
from .orders_page_out import OrdersPageOut
from .orders_whole_out import OrdersWholeOut
from .orders_whole_out_ship_to import OrdersWholeOutShipTo
from .overview_out import OverviewOut
from .parcel_in import ParcelIn
from .paste_in import PasteIn
from .paying_link_out import PayingLinkOut
from .payment_out import PaymentOut
from .picture_out import PictureOut
from .picture_out_party import PictureOutParty
from .pictures_out import PicturesOut
from .pin_in import PinIn
from .postpone_in import PostponeIn
from .presale_in import PresaleIn
from .presale_out import PresaleOut
from .price_rule_in import PriceRuleIn
from .price_rule_in_kind import PriceRuleInKind
from .prices_out import PricesOut
from .product_in import ProductIn
from .product_out import ProductOut
from .product_page import ProductPage
from .promotions_given_bearer import PromotionsGivenBearer
from .recognition_out import RecognitionOut
from .refusal_out import RefusalOut
from .restock_in import RestockIn
from .restock_in_pieces_type_0 import RestockInPiecesType0
from .review_out import ReviewOut
from .room_change_in import RoomChangeIn
from .room_in import RoomIn
from .room_out import RoomOut
from .rooms_out import RoomsOut
from .rule_out import RuleOut
from .script_in import ScriptIn
from .secret_out import SecretOut
from .selling_in import SellingIn
from .series_in import SeriesIn
from .service_in import ServiceIn
from .settlement_limits_out import SettlementLimitsOut
from .settlement_line_out import SettlementLineOut
from .settlement_share_out import SettlementShareOut
from .settlement_share_out_parts import SettlementShareOutParts
from .share_in import ShareIn
from .shared_out import SharedOut
from .ship_in import ShipIn
from .ship_in_pieces_type_0 import ShipInPiecesType0
from .shipment_out import ShipmentOut
from .shipment_out_pieces import ShipmentOutPieces
from .shop_out import ShopOut
from .show_out import ShowOut
from .sku_in import SkuIn
from .sku_out import SkuOut
from .span_in import SpanIn
from .special_in import SpecialIn
from .special_out import SpecialOut
from .statement_out import StatementOut
from .statement_out_totals import StatementOutTotals
from .step_in import StepIn
from .step_out import StepOut
from .stock_out import StockOut
from .supply_in import SupplyIn
from .supply_out import SupplyOut
from .to_in import ToIn
from .try_out import TryOut
from .upcoming_out import UpcomingOut
from .videos_mount_response import VideosMountResponse
from .webhook_in import WebhookIn
from .webhook_out import WebhookOut
from .webhooks_out import WebhooksOut
from .withdrawal_out import WithdrawalOut
from .withdrawals_out import WithdrawalsOut

__all__ = (
    "AftersalesAddPictureFileParams",
    "AftersalesPageOut",
    "AftersalesWholeOut",
    "AftersalesWholeOutReturnTo",
    "AftersalesWordsIn",
    "AgreeIn",
    "AgreeInReturnToType0",
    "AskableOut",
    "AskingOut",
    "AskingOutReasons",
    "BoardOut",
    "CaseEventOut",
    "CaseEventOutDetail",
    "CaseEventOutParty",
    "CaseLineOut",
    "CaseOut",
    "CatalogDecisionIn",
    "CatalogDecisionInDecision",
    "CatalogStepVerb",
    "ChangeIn",
    "CloseIn",
    "CommissionIn",
    "ContractOut",
    "CountIn",
    "CountdownIn",
    "CouponIn",
    "CouponInBearer",
    "CouponOut",
    "DecideIn",
    "DecideInDecision",
    "DecideInReturnToType0",
    "DeltaIn",
    "DevelopersLogOut",
    "DevelopersSentOut",
    "DraftIn",
    "DraftInBody",
    "DraftOut",
    "DraftOutBody",
    "DraftOutRehearsalType0",
    "ExceptionIn",
    "ExplainIn",
    "FailedOut",
    "FlashIn",
    "FlashOut",
    "GiveIn",
    "GiveInReason",
    "HostTermsOut",
    "ImportOut",
    "ImportOutEditsKeptItem",
    "ImportOutNotesItem",
    "ImportOutShop",
    "InsightsGmvDefinition",
    "InsightsGmvFormat",
    "InsightsPolicyRehearseRuleResponse",
    "InsightsRoomDefinition",
    "InsightsRoomReportCsvPart",
    "InventoryImportProductsMultiPartBodyParams",
    "LineIn",
    "LinkIn",
    "ListingsMountResponse",
    "ListingsOrderIn",
    "LiveExtendIn",
    "LiveHostsQueueResponse",
    "LiveMountResponse",
    "LiveOrderIn",
    "LiveScriptActResponse",
    "LiveScriptOrderResponse",
    "LiveScriptReadResponse",
    "LiveScriptStepResponse",
    "LiveScriptWriteResponse",
    "LiveShareOut",
    "LiveSpotlightCountDownResponse",
    "LiveSpotlightExtendResponse",
    "LiveSpotlightLinkUpResponse",
    "MessageOut",
    "MountIn",
    "MyShopOut",
    "OrderOut",
    "OrdersExtendIn",
    "OrdersLineOut",
    "OrdersPageOut",
    "OrdersWholeOut",
    "OrdersWholeOutShipTo",
    "OverviewOut",
    "ParcelIn",
    "PasteIn",
    "PayingLinkOut",
    "PaymentOut",
    "PictureOut",
    "PictureOutParty",
    "PicturesOut",
    "PinIn",
    "PostponeIn",
    "PresaleIn",
    "PresaleOut",
    "PriceRuleIn",
    "PriceRuleInKind",
    "PricesOut",
    "ProductIn",
    "ProductOut",
    "ProductPage",
    "PromotionsGivenBearer",
    "RecognitionOut",
    "RefusalOut",
    "RestockIn",
    "RestockInPiecesType0",
    "ReviewOut",
    "RoomChangeIn",
    "RoomIn",
    "RoomOut",
    "RoomsOut",
    "RuleOut",
    "ScriptIn",
    "SecretOut",
    "SellingIn",
    "SeriesIn",
    "ServiceIn",
    "SettlementLimitsOut",
    "SettlementLineOut",
    "SettlementShareOut",
    "SettlementShareOutParts",
    "ShareIn",
    "SharedOut",
    "ShipIn",
    "ShipInPiecesType0",
    "ShipmentOut",
    "ShipmentOutPieces",
    "ShopOut",
    "ShowOut",
    "SkuIn",
    "SkuOut",
    "SpanIn",
    "SpecialIn",
    "SpecialOut",
    "StatementOut",
    "StatementOutTotals",
    "StepIn",
    "StepOut",
    "StockOut",
    "SupplyIn",
    "SupplyOut",
    "ToIn",
    "TryOut",
    "UpcomingOut",
    "VideosMountResponse",
    "WebhookIn",
    "WebhookOut",
    "WebhooksOut",
    "WithdrawalOut",
    "WithdrawalsOut",
)
