"""Names of people in Chinese, Japanese and Korean, which no capital sets apart: a surname begins them. Pure."""

import re

from harvester.catalog.importing.words import word_set
from harvester.domain.person_names import surname_first

_CHINESE = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許"
    "傅沈曾彭吕呂苏蘇"
    "卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾锺汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯"
    "邵孟龙龍万萬段"
    "雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢"
    "聂聶焦向柳邢骆"
    "岳齐齊梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位"
    "覃霍翁隋植甘景"
    "薄单單包司柏宁寧柯阮桂闵闵解强強柴华華车車冉房边邊"
)
_COMPOUND = word_set("欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 皇甫 尉迟 尉遲 慕容 令狐 夏侯 公孙 公孫 司徒 端木 独孤")
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원"
    "천방공현함변염추도석선설마길"
)
_KOREAN_COMPOUND = word_set("남궁 황보 제갈 선우 독고 사공")
_JAPANESE = word_set(
    """
    佐藤 鈴木 高橋 田中 渡辺 渡邊 渡邉 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤
    齋藤 斉藤 清水 山崎 山﨑 森 阿部 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 長谷川 村上 近藤 石井
    坂本 遠藤 青木 藤井 西村 福田 太田 三浦 岡本 松田 中川 中野 原田 小野 田村 竹内 金子 和田 中山 石田 上田
    森田 原 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 増田
    小島 平野 大塚 千葉 久保 松井 小山 岩崎 桜井 野口 松尾 野村 木下 菊地 菊池 佐野 大西 杉本 新井 浜田 濱田
    市川 古川 水野 小松 島田 小池 山内 西田 西川 北村 安田 五十嵐 川口 平田 関 中田 久保田 服部 東 川崎 飯田
    本田 荒木 大島 辻 熊谷 岩田 吉川 松下 川上 永井 土屋 秋山 三宅 樋口 渡部 松浦 内藤 星野 大谷 矢野 大久保
    片山 黒田 吉村 早川 永田 小田 尾崎 浅野 大橋 須藤 堀 西山 中西 田口 馬場 福島 松岡 岡崎 成田 望月 広瀬 大川
    篠原 小沢 小澤 宮田 荒井 石原 高野 沢田 澤田 吉岡 栗原 森本 北川 関口 福井 村山 植田 石橋 今村 川村 三木
    平井 奥村 足立 河野 榎本 白石 花田 織田 堀田 堀内 西 南 黒川 滝沢 瀧澤 野田 川田 児玉 宇野 松永 長尾 坂口
    大森 岸本 竹田 飯塚 岡 神田 根本 本間 水谷 大石 松村 田辺 田邊 土井 川島 西尾 稲垣 稲葉 相馬 榊原 柳田 柳沢
    桑原 寺田 豊田"""
)
_SUBJECTS = re.compile(
    "心[脏臓臟电電肌房室血音率力脈脉]|血[管压圧壓流液]|冠[状狀脉脈]|动脉|動脈|大动|大動|静脉|静脈|瓣|弁膜|超声"
    "|超音|影像|图像|画像|成像|磁共|断层|断層"
    "|分割|分类|分類|检测|検出|诊断|診断|识别|識別|预测|予測|预后|予後|重建|再構|配准|生成|定量|评估|評価|综述"
    "|綜述|方法|手法|模型|模式|网络|網絡|学习|学習"
    "|數據|数据|基于|基於|算法|研究|应用|応用|系统|系統|技术|技術|特征|特徴|信号|訊號|任务|任務|项目|方案|程序"
    "|程度|温度|高血|高度|高维|高清|高效|金属|安全"
    "|周期|张力|時間|时间|时序|时空|常见|常用|白血|关键|關鍵|关于|平均|成果|成人|解释|解剖|解析|路径|管理|单一"
    "|单模|强化|华文|包括|文章|文本|文献|论文|論文"
    "|代码|代碼|资料|史料|江苏|医学|医院|医疗|疾病|患者|临床|臨床|治疗|治療|手术|手術|病理|细胞|基因|自动|自動"
    "|深度|多模|无监|半监|注意|图谱|视频|视觉|三维|二维"
    "|会议|杂志|学报|期刊|雑誌|学会|大会|通信|方向|方程|余弦|万物|易用|曲线|曲面|左心|左室|右心|右室|边缘|边界"
    "|章节|安装|任意|盛行|强度|向量|时频|成分"
    "|심장|심전|심초|심근|심방|심실|심부|심혈|신경|이미|정확|정량|고혈|고해|조영|영상|진단|분할|분류|모델|학습"
    "|데이|지도|최적|최신|유용|안정|신뢰|전이|이용|기반"
    "|연구|전자|전문|전체|하이|노이|오토|서베|원문|설명|공개|주요|방법|성능|변환|변이|부정|혈관|현황|구현|고찰"
    "|문헌|이상|임상|장비|한국|홈페|마크|주석|추론|정보|차원"
)
"""Words of this subject that begin with a surname, or that no name contains."""
_PLACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3々]+")
_NOT_GIVEN = re.compile(r"[的之在和与與の]|する|して|[ぁ-ん]{5,}")


def is_eastern(text: str) -> bool:
    """Whether a text without spaces is in a script in which surnames come first."""
    return bool(text) and surname_first(text.replace("·", "").replace("・", ""))


def is_eastern_name(word: str) -> bool:
    """Whether a word may be a person's name where a list of authors is: short, and no word of the subject."""
    return is_eastern(word) and (2 <= len(word) <= 4 or is_lone_name(word)) and not _SUBJECTS.search(word)


def is_lone_name(word: str) -> bool:
    """Whether a word is surely a person's name, with nothing beside it that says so: it begins with a surname."""
    if not _PLACED.fullmatch(word) or _SUBJECTS.search(word) or _NOT_GIVEN.search(word):
        return False
    if "가" <= word[0] <= "힣":
        return (word[0] in _KOREAN and len(word) == 3) or (word[:2] in _KOREAN_COMPOUND and 3 <= len(word) <= 4)
    if any(word[:length] in _JAPANESE and 1 <= len(word) - length <= 4 for length in (3, 2)):
        return len(word) >= 3
    if word[:2] in _COMPOUND:
        return 3 <= len(word) <= 4
    if word[0] in _CHINESE and 2 <= len(word) <= 3 and not re.search("[ぁ-ヿ]", word):
        return True
    return word[0] in _JAPANESE and 3 <= len(word) <= 4 and bool(re.search("[ぁ-ん]", word[1:]))
