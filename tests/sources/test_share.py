"""The paste-anything box, with the texts people really paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.sources.share import recognise

OLD_TEXT = (
    "【夏季连衣裙】https://m.tb.cn/h.3n52vLA 点击链接，再选择浏览器咑閞；"
    "或復·制这段描述￥E1UAbOaNcwP￥后到👉淘♂寳♀👈"
)
HAN_TEXT = "1👈啊5NKkX84wYdk啊 https://m.tb.cn/h.4CEhFr0?sm=70d491 lofree洛斐 小浪无线机械键盘"
NEW_TEXT = (
    "【淘宝】https://m.tb.cn/h.5WJArsq?tk=2LLYdxo5FOg CZ0001 "
    "「普中51单片机学习板」\n点击链接直接打开 或者 淘宝搜索直接打开"
)


@pytest.mark.parametrize(
    ("text", "source", "external_id"),
    [
        ("https://item.taobao.com/item.htm?spm=a1z&id=587584692337&ns=1", "taobao", "587584692337"),
        ("https://detail.tmall.com/item.htm?id=587584692337", "taobao", "587584692337"),
        ("https://detail.m.tmall.com/item.htm?id=587584692337", "taobao", "587584692337"),
        ("https://chaoshi.detail.tmall.com/item.htm?id=587584692337", "taobao", "587584692337"),
        ("https://a.m.taobao.com/i587584692337.htm", "taobao", "587584692337"),
        ("http://h5.m.taobao.com/awp/core/detail.htm?id=587584692337", "taobao", "587584692337"),
        ("item.taobao.com/item.htm?id=587584692337", "taobao", "587584692337"),
        (
            "看看这个：https://item.taobao.com/item.htm?id=587584692337。好看",
            "taobao",
            "587584692337",
        ),
        ("https://item.jd.com/100012043978.html", "jd", "100012043978"),
        ("https://item.m.jd.com/product/3668211.html?&utm_source=iosapp", "jd", "3668211"),
        ("https://npcitem.jd.hk/1951038.html", "jd", "1951038"),
        ("https://item.m.jd.com/ware/view.action?wareId=3668211", "jd", "3668211"),
        (
            "https://detail.youzan.com/show/goods?alias=278xflkurbbdrv7&x=1",
            "youzan",
            "278xflkurbbdrv7",
        ),
        ("https://h5.youzan.com/v2/goods/2fmrwxfdovuqw", "youzan", "2fmrwxfdovuqw"),
        ("https://h5.youzan.com/wscshop/goods/3f2qwcxiflvv4?scene=0", "youzan", "3f2qwcxiflvv4"),
        (
            "https://shop90485387.m.youzan.com/wscgoods/detail/2g0jo1ifn7ftv?scan=1",
            "youzan",
            "2g0jo1ifn7ftv",
        ),
        ("https://h5.youzan.com/v2/showcase/goods?alias=2fmrwxfdovuqw", "youzan", "2fmrwxfdovuqw"),
        ("pages/goods/detail/index?alias=2fmrwxfdovuqw", "youzan", "2fmrwxfdovuqw"),
        ("https://mall.mockuai.com/detail.html?item_uid=1841254_9371", "mokuai", "1841254_9371"),
        (
            "https://quick.myshopify.com/products/ocean-blue-shirt?variant=1",
            "shopify",
            "ocean-blue-shirt",
        ),
    ],
)
def test_product_links_name_their_product(text, source, external_id):
    found = recognise(text)
    assert (found.source, found.external_id, found.integration) == (source, external_id, "link")
    assert found.confidence >= 0.8
    assert found.url or "pages/" in text


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://s.click.taobao.com/t?e=m%3D2%26s%3Dabc", "taobao"),
        ("https://uland.taobao.com/coupon/edetail?e=abc%2B", "taobao"),
        ("http://e.tb.cn/h.TcnLe2dHa6F5c0r", "taobao"),
        ("https://u.jd.com/YIoOWrW", "jd"),
        ("【京东】https://3.cn/1-abcDEF 「小米手环」点击链接直接打开", "jd"),
        ("https://j.youzan.com/bV7xQh", "youzan"),
    ],
)
def test_short_links_are_sure_of_the_source_and_silent_about_the_product(text, source):
    found = recognise(text)
    assert found.source == source
    assert found.confidence >= 0.9
    assert found.external_id == ""
    assert found.key == found.url != ""


def test_the_old_share_text_gives_code_link_and_title():
    found = recognise(OLD_TEXT)
    assert found.source == "taobao"
    assert found.code == "E1UAbOaNcwP"
    assert found.url == "https://m.tb.cn/h.3n52vLA"
    assert found.title == "夏季连衣裙"
    assert found.confidence >= 0.95


def test_chinese_characters_can_be_the_marks():
    found = recognise(HAN_TEXT)
    assert (found.source, found.code) == ("taobao", "5NKkX84wYdk")
    assert found.url == "https://m.tb.cn/h.4CEhFr0?sm=70d491"
    assert found.title == "lofree洛斐 小浪无线机械键盘"


def test_the_newest_text_carries_its_code_in_the_link():
    found = recognise(NEW_TEXT)
    assert (found.code, found.title) == ("2LLYdxo5FOg", "普中51单片机学习板")


@pytest.mark.parametrize("left", list("￥¥$€£₳₤₴¢《(（💰🔑🎵📱✔📲🔐💲"))
@pytest.mark.parametrize("right", list("￥$₤）💰"))
def test_every_mark_of_the_field_equal_or_not(left, right):
    found = recognise(f"复制这段话{left}5NKkX84wYdk{right}打开手机淘宝")
    assert (found.source, found.code) == ("taobao", "5NKkX84wYdk")
    assert found.confidence >= 0.7


def test_a_variation_selector_behind_an_emoji_is_no_obstacle():
    assert recognise("✔\ufe0f5NKkX84wYdk✔\ufe0f").code == "5NKkX84wYdk"


def test_of_several_codes_only_the_first_is_taken():
    assert recognise("￥AbCdEfGh123￥ 和 €ZyXwVuTs987€").code == "AbCdEfGh123"
    assert recognise("信4a9XcGRY3Ef信 再看 ￥ZyXwVuTs987￥").code == "4a9XcGRY3Ef"


def test_longer_and_shorter_codes_pass_between_strong_marks_only():
    assert recognise("￥abcd1234￥").code == "abcd1234"
    assert recognise("￥abcd1234abcd1234abcd￥").code == "abcd1234abcd1234abcd"
    assert recognise("￥abcd123￥").source == ""
    assert recognise("(abcd1234)").source == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "今天天气真好",
        "原价￥199 现价￥99",
        "￥1234567890￥",
        "see the (Application) form",
        "price $100 to $200",
        "https://example.com/about",
        "https://",
        "http://[::1",
        "C:\\Users\\shop\\products",
        "🎉🎉🎉",
        "https://evil.example/?u=https",
    ],
)
def test_what_is_not_goods_is_not_recognised(text):
    found = recognise(text)
    assert not found.known
    assert found.confidence == 0
    assert str(found.why)


def test_a_familiar_name_in_a_foreign_address_deceives_nobody():
    assert recognise("https://item.taobao.com@evil.example/item.htm?id=587584692337").source == ""
    assert recognise("https://item.taobao.com.evil.example/item.htm?id=587584692337").source == ""
    assert recognise("https://notjd.com/100012043978.html").source == ""


def test_a_shop_page_is_not_taken_for_a_product():
    found = recognise("https://detail.youzan.com/show/goods/newest?kdt_id=104340304&alias=abcdefgh")
    assert (found.source, found.external_id) == ("youzan", "")
    assert found.confidence <= 0.5


def test_shops_on_their_own_domain_are_only_guessed():
    shopify = recognise("https://www.allbirds.example/collections/mens/products/wool-runner")
    assert (shopify.source, shopify.external_id) == ("shopify", "wool-runner")
    assert shopify.confidence < 0.5
    woo = recognise("https://store.example/product/blue-beanie/")
    assert (woo.source, woo.external_id) == ("woocommerce", "blue-beanie")
    assert woo.confidence < 0.5


def test_own_product_pages_are_native_only_on_own_hosts():
    url = "https://live.example/products/0193f3a1-7c1e-7c31-b6d1-93ce9ddcbf21/"
    own = recognise(url, own_hosts={"live.example"})
    assert (own.source, own.integration, own.confidence) == ("native", "native", 1.0)
    assert own.external_id == "0193f3a1-7c1e-7c31-b6d1-93ce9ddcbf21"
    assert recognise(url).source != "native"


def test_bare_ids_are_guesses_and_a_name_before_them_settles_it():
    bare = recognise("587584692337")
    assert (bare.source, bare.external_id) == ("taobao", "587584692337")
    assert bare.confidence <= 0.3
    named = recognise("京东：100012043978")
    assert (named.source, named.external_id, named.confidence) == ("jd", "100012043978", 0.9)
    assert recognise("0193f3a1-7c1e-7c31-b6d1-93ce9ddcbf21").source == "native"


def test_the_surest_link_of_several_wins():
    text = "https://store.example/product/blue-beanie/ 或 https://item.jd.com/100012043978.html"
    assert recognise(text).source == "jd"


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    found = recognise(text)
    assert 0.0 <= found.confidence <= 1.0
    assert found.known == (found.confidence > 0)


_PLAIN = st.text(alphabet="的是了我你他很好看买，。！ \n🎉♪", max_size=60)


@given(_PLAIN, _PLAIN, st.sampled_from([OLD_TEXT, HAN_TEXT, NEW_TEXT]))
def test_words_around_a_share_text_change_nothing(before, after, text):
    alone, within = recognise(text), recognise(f"{before}\n{text}\n{after}")
    assert (within.source, within.code, within.url) == (alone.source, alone.code, alone.url)
    assert within.confidence == alone.confidence


@given(
    _PLAIN,
    _PLAIN,
    st.sampled_from(
        [
            "https://item.jd.com/100012043978.html",
            "https://detail.tmall.com/item.htm?id=587584692337",
            "https://h5.youzan.com/v2/goods/2fmrwxfdovuqw",
        ]
    ),
)
def test_recognising_the_found_link_again_finds_the_same(before, after, url):
    first = recognise(f"{before} {url} {after}")
    again = recognise(first.url)
    assert (again.source, again.external_id, again.url) == (
        first.source,
        first.external_id,
        first.url,
    )


@given(
    st.text(
        alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        min_size=11,
        max_size=11,
    ).filter(lambda code: any(c.isdigit() for c in code) and any(c.isalpha() for c in code)),
    st.sampled_from(["￥￥", "$$", "₤₴", "（）", "啊啊", "💰🔑"]),
)
def test_every_code_survives_its_marks(code, marks):
    assert recognise(f"复制 {marks[0]}{code}{marks[1]} 淘宝").code == code
