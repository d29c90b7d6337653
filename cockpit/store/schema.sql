-- The whole schema in one place; also the source of the data dictionary (数据字典).
-- A comment behind a table or column is its meaning and is read by cockpit/store/schema.py.
-- Times are UTC (TIMESTAMP without zone), shown in Asia/Shanghai; days and weeks are Beijing days and ISO weeks.
-- One vocabulary: a column name means the same thing and has the same type in every table.
-- `#input` behind a table name: collectors may write rows of it into a batch. `#derived`: only load() or a
-- rule writes it. `#register`: mirrored from data/registry at load.

CREATE TABLE meta ( -- 数据库说明:结构版本、数据性质(采集/演示)等 #derived
    key VARCHAR NOT NULL, -- 名称
    value VARCHAR -- 值
);

CREATE TABLE batch ( -- 已入库的采集批次(恰好一次) #derived
    batch_id VARCHAR NOT NULL, -- 批次号(暂存文件名)
    collector VARCHAR NOT NULL, -- 采集器
    run_id VARCHAR, -- 采集运行号
    origin VARCHAR NOT NULL, -- 数据性质:collected 采集,demo 演示
    code_version VARCHAR, -- 采集器版本
    created_at TIMESTAMP, -- 写出时间
    loaded_at TIMESTAMP, -- 入库时间
    row_count BIGINT -- 行数
);

CREATE TABLE unit ( -- 责任单位台账 #register
    unit_code VARCHAR NOT NULL, -- 单位编码
    unit_name VARCHAR NOT NULL, -- 责任单位
    unit_group VARCHAR NOT NULL, -- 分组:county 县区园区,dept_service 有对外服务职能的部门,dept_other 其他部门
    short_name VARCHAR, -- 简称
    has_service BOOLEAN, -- 是否检查办事服务
    sort_order INTEGER, -- 排序
    contact VARCHAR, -- 联系人(岗位)
    valid_from DATE, -- 生效日期
    valid_to DATE, -- 失效日期(不含)
    note VARCHAR -- 备注
);

CREATE TABLE site ( -- 网站台账 #register
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    site_name VARCHAR NOT NULL, -- 网站名称
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    url VARCHAR NOT NULL, -- 首页地址
    site_id_code VARCHAR, -- 网站标识码(10 位)
    site_kind VARCHAR, -- 类别:portal 门户,department 部门,county 县区,park 园区
    verified BOOLEAN, -- 域名是否已核实
    state VARCHAR, -- 状态:active 在用,suspended 临时下线,closed 已关停
    valid_from DATE, -- 生效日期
    valid_to DATE, -- 失效日期(不含)
    note VARCHAR -- 备注
);

CREATE TABLE channel ( -- 栏目台账:登记的与巡查发现的 #register
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 栏目地址
    channel_name VARCHAR, -- 栏目名称
    channel_type VARCHAR, -- 栏目类型编码(见 channel_type)
    period_days INTEGER, -- 更新期限(天),空则按类型
    valid_from DATE, -- 生效日期
    valid_to DATE, -- 失效日期(不含)
    note VARCHAR -- 备注
);

CREATE TABLE account ( -- 政务新媒体账号台账 #register
    account_code VARCHAR NOT NULL, -- 账号编码(本系统)
    account_name VARCHAR NOT NULL, -- 账号名称
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    platform VARCHAR NOT NULL, -- 平台:微信公众号、微博、抖音等
    url VARCHAR, -- 主页地址
    state VARCHAR, -- 状态:active 在用,suspended 停更报备,closed 已注销
    valid_from DATE, -- 开设日期
    valid_to DATE, -- 注销日期(不含)
    note VARCHAR -- 备注
);

CREATE TABLE maintenance ( -- 维护窗口台账:窗口内的访问不计入分母 #register
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    starts_at TIMESTAMP NOT NULL, -- 开始时间
    ends_at TIMESTAMP NOT NULL, -- 结束时间
    reason VARCHAR NOT NULL, -- 事由
    approved_by VARCHAR NOT NULL, -- 批准岗位
    note VARCHAR -- 备注
);

CREATE TABLE bonus ( -- 加分台账:工作要点六(一)的加分事项 #register
    bonus_id VARCHAR NOT NULL, -- 加分编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    kind VARCHAR NOT NULL, -- 事项类别:model 示范点建设,pilot 试点创新,exchange 经验交流,standard 标准化规范化
    title VARCHAR NOT NULL, -- 事项
    points INTEGER NOT NULL, -- 加分(分)
    evidence VARCHAR NOT NULL, -- 佐证
    declared_on DATE NOT NULL, -- 申报日期
    state VARCHAR NOT NULL, -- 状态:declared 已申报,approved 已批准,rejected 不予认定
    approved_by VARCHAR, -- 批准岗位
    approved_on DATE, -- 批准日期
    note VARCHAR -- 备注
);

CREATE TABLE run ( -- 采集运行:一次命令一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    collector VARCHAR NOT NULL, -- 采集器
    started_at TIMESTAMP NOT NULL, -- 开始时间
    ended_at TIMESTAMP, -- 结束时间
    state VARCHAR NOT NULL, -- 状态:ok 完成,partial 部分未采,failed 失败,stopped 被中止
    targets INTEGER, -- 对象数
    targets_measured INTEGER, -- 采到的对象数
    targets_failed INTEGER, -- 未采到的对象数
    row_count BIGINT, -- 行数
    note VARCHAR -- 按原因汇总等说明
);

CREATE TABLE coverage ( -- 采集覆盖:一次运行对一个对象的一个方面是否采到 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    collector VARCHAR NOT NULL, -- 采集器
    aspect VARCHAR NOT NULL, -- 方面:availability links hidden channels tags wording privacy ipv6 certificate applications messages media
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    unit_code VARCHAR, -- 责任单位编码(台账类)
    ok BOOLEAN NOT NULL, -- 是否采到
    complete BOOLEAN, -- 是否全部页面都看过(预算未截断)
    cause VARCHAR, -- 未采到的原因编码(见 causes.toml)
    pages INTEGER, -- 看过的页数
    items INTEGER -- 检查的条目数(链接、栏目、留言等)
);

CREATE TABLE probe ( -- 可用性探测:每访问一次首页一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    family VARCHAR NOT NULL, -- 网络:4 为 IPv4,6 为 IPv6
    ok BOOLEAN NOT NULL, -- 15 秒内是否打开
    cause VARCHAR, -- 打不开或未采到的原因编码
    measured BOOLEAN NOT NULL, -- 是否算一次有效访问(否则不进分母)
    http_status INTEGER, -- HTTP 状态码
    seconds DOUBLE, -- 响应时间(秒)
    address VARCHAR -- 访问的 IP 地址
);

CREATE TABLE probe_daily ( -- 可用性日汇总(北京日) #derived
    day DATE NOT NULL, -- 日期
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    family VARCHAR NOT NULL, -- 网络:4 为 IPv4,6 为 IPv6
    visits INTEGER, -- 有效访问次数
    failed INTEGER, -- 打不开次数
    seconds_sum DOUBLE, -- 打开时响应时间合计(秒)
    seconds_p95 DOUBLE, -- 打开时响应时间 95 分位(秒)
    seconds_max DOUBLE -- 打开时响应时间最大值(秒)
);

CREATE TABLE page ( -- 页面现状:巡查看过的页 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 页面地址
    page_type VARCHAR, -- 类型:home 首页,channel 栏目页,article 内容页
    level INTEGER, -- 层级:首页=1
    http_status INTEGER, -- HTTP 状态码
    title VARCHAR, -- 标题
    published_at TIMESTAMP, -- 发布时间(北京时间原文,不换算)
    content_sha256 VARCHAR -- 正文摘要值
);

CREATE TABLE link ( -- 链接现状:每个网站每个地址一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 链接地址
    kind VARCHAR NOT NULL, -- 种类:internal external attachment image style script frame
    level INTEGER, -- 所在层级:首页上的链接=2
    verdict VARCHAR NOT NULL, -- 判定:ok dead soft_404 unsure skipped
    cause VARCHAR, -- 原因编码
    http_status INTEGER, -- HTTP 状态码
    places INTEGER, -- 出现的页数
    source VARCHAR, -- 首个所在页
    text VARCHAR -- 链接文字
);

CREATE TABLE link_place ( -- 有问题链接的出处:每个所在页一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 链接地址
    source VARCHAR NOT NULL, -- 所在页
    text VARCHAR -- 链接文字
);

CREATE TABLE link_daily ( -- 链接日计数(北京日) #derived
    day DATE NOT NULL, -- 日期
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    verdict VARCHAR NOT NULL, -- 判定
    links BIGINT -- 链接数
);

CREATE TABLE attachment ( -- 附件现状:每个网站每个附件一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 附件地址
    source VARCHAR, -- 首个所在页
    text VARCHAR, -- 链接文字
    state VARCHAR NOT NULL, -- 状态:read 已检,partial 部分已检,unmeasured 未检
    cause VARCHAR, -- 未检或部分未检的原因编码
    read_at TIMESTAMP, -- 最近一次读出文字的时间
    etag VARCHAR, -- 服务器给出的版本标记
    last_modified VARCHAR, -- 服务器给出的修改时间
    size_bytes BIGINT, -- 大小(字节)
    characters BIGINT, -- 读出的字数
    content_sha256 VARCHAR, -- 附件摘要值
    detector_version VARCHAR -- 检测器与词库版本
);

CREATE TABLE channel_check ( -- 栏目现状:每个栏目最近一次检查 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 栏目地址
    channel_name VARCHAR, -- 栏目名称
    channel_type VARCHAR, -- 栏目类型编码(见 channel_type)
    level INTEGER, -- 层级:首页=1,一级栏目=2
    latest DATE, -- 最近更新日期
    items INTEGER, -- 列表条数
    period_days INTEGER, -- 更新期限(天)
    state VARCHAR NOT NULL, -- 状态:fresh due_soon overdue blank undated unmeasured
    cause VARCHAR -- 未采到的原因编码
);

CREATE TABLE channel_history ( -- 栏目变化点:最近更新日期或条数变化时一行 #derived
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 栏目地址
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    latest DATE, -- 最近更新日期
    items INTEGER, -- 列表条数
    state VARCHAR NOT NULL -- 当时状态
);

CREATE TABLE ipv6_check ( -- IPv6 支持度:每网站每次一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    has_aaaa BOOLEAN, -- 域名是否有 AAAA 记录
    home_ok BOOLEAN, -- 首页能否经 IPv6 打开
    level2_total INTEGER, -- 二级链接总数
    level2_ok INTEGER, -- 二级链接经 IPv6 成功数
    level3_total INTEGER, -- 三级链接总数
    level3_ok INTEGER, -- 三级链接经 IPv6 成功数
    cause VARCHAR -- 未采到或首页失败的原因编码
);

CREATE TABLE ipv6_link ( -- IPv6 下打不开的二三级链接(现状) #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 链接地址
    level INTEGER, -- 层级:2 或 3
    host VARCHAR, -- 目标主机
    cause VARCHAR -- 原因编码
);

CREATE TABLE certificate_check ( -- 证书与安全:每网站每次一行 #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    https BOOLEAN, -- 是否提供 HTTPS
    chain_ok BOOLEAN, -- 证书链是否可信且与域名相符
    not_after TIMESTAMP, -- 证书到期时间
    days_left INTEGER, -- 证书剩余天数
    issuer VARCHAR, -- 签发者
    tls_version VARCHAR, -- TLS 版本
    redirects_to_https BOOLEAN, -- HTTP 是否跳转到 HTTPS
    missing_headers VARCHAR, -- 缺少的安全响应头(逗号分隔)
    cause VARCHAR -- 未采到或不可信的原因编码
);

CREATE TABLE sighting ( -- 问题所见:一次运行看到的一个问题,入库后并入 finding #input #transient
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    aspect VARCHAR NOT NULL, -- 方面
    kind VARCHAR NOT NULL, -- 问题种类,如 link.dead privacy.id_card
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    target VARCHAR NOT NULL, -- 对象:死链地址、栏目地址、出错词等
    locator VARCHAR, -- 定位:页面地址、隐私哈希等(与 kind、target 共同确定身份)
    page_url VARCHAR, -- 所在页(首个)
    severity VARCHAR, -- 严重程度:critical high medium low
    confidence DOUBLE, -- 把握(0—1)
    text VARCHAR, -- 命中文字(隐私已脱敏)
    excerpt VARCHAR, -- 上下文(隐私已脱敏)
    suggestion VARCHAR, -- 建议写法
    rule VARCHAR, -- 检测规则编号
    technique VARCHAR, -- 暗链手法等
    line INTEGER, -- 源码行号
    places INTEGER, -- 出现的页数
    http_status INTEGER, -- HTTP 状态码
    cause VARCHAR, -- 原因编码
    content_sha256 VARCHAR, -- 页面快照摘要值
    place VARCHAR, -- 位置:正文第几字,附件的页、工作表与单元格、段落
    source_page VARCHAR, -- 链接到该附件的页面
    detector_version VARCHAR, -- 检测器与词库版本
    snapshot_sha256 VARCHAR -- 快照文件摘要值(个人信息已脱敏)
);

CREATE TABLE finding ( -- 问题(稳定身份,变化点存储) #derived
    finding_id VARCHAR NOT NULL, -- 问题编号(kind+对象+定位的摘要)
    aspect VARCHAR NOT NULL, -- 方面
    kind VARCHAR NOT NULL, -- 问题种类
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    target VARCHAR NOT NULL, -- 对象
    locator VARCHAR, -- 定位
    page_url VARCHAR, -- 所在页(首个)
    severity VARCHAR, -- 严重程度
    confidence DOUBLE, -- 把握(0—1)
    text VARCHAR, -- 命中文字(隐私已脱敏)
    excerpt VARCHAR, -- 上下文(隐私已脱敏)
    suggestion VARCHAR, -- 建议写法
    rule VARCHAR, -- 检测规则编号
    technique VARCHAR, -- 暗链手法等
    line INTEGER, -- 源码行号
    places INTEGER, -- 出现的页数
    http_status INTEGER, -- HTTP 状态码
    cause VARCHAR, -- 原因编码
    content_sha256 VARCHAR, -- 页面快照摘要值
    first_seen TIMESTAMP NOT NULL, -- 首次发现
    last_seen TIMESTAMP NOT NULL, -- 最近发现
    gone_at TIMESTAMP, -- 消失时间(空=仍在)
    times INTEGER, -- 见到的次数
    run_id VARCHAR, -- 最近一次见到的采集运行号
    place VARCHAR, -- 位置:正文第几字,附件的页、工作表与单元格、段落
    source_page VARCHAR, -- 链接到该附件的页面
    detector_version VARCHAR, -- 检测器与词库版本
    snapshot_sha256 VARCHAR -- 快照文件摘要值(个人信息已脱敏)
);

CREATE TABLE finding_span ( -- 问题存续区间:出现到消失一段一行,可复发 #derived
    finding_id VARCHAR NOT NULL, -- 问题编号
    opened_at TIMESTAMP NOT NULL, -- 出现时间
    closed_at TIMESTAMP -- 消失时间(空=仍在)
);

CREATE TABLE finding_mark ( -- 人工复核标记:只增,撤销时补上撤销时间 #input
    mark_id VARCHAR NOT NULL, -- 标记编号
    marked_at TIMESTAMP NOT NULL, -- 标记时间
    actor VARCHAR NOT NULL, -- 操作人
    mark VARCHAR NOT NULL, -- 标记:confirmed 属实,false_alarm 误报
    scope VARCHAR NOT NULL, -- 范围:place 仅此处,everywhere 同一规则同一文字处处
    finding_id VARCHAR NOT NULL, -- 问题编号
    site_code VARCHAR, -- 网站编码(本系统)
    kind VARCHAR NOT NULL, -- 问题种类
    rule VARCHAR NOT NULL, -- 检测规则编号
    target VARCHAR NOT NULL, -- 对象
    reason VARCHAR, -- 理由
    until DATE, -- 误报有效期
    undone_at TIMESTAMP, -- 撤销时间(空=有效)
    undone_by VARCHAR -- 撤销人
);

CREATE TABLE snapshot ( -- 证据快照:有问题的页面、附件当时的样子(个人信息已脱敏,文件在 snapshots/) #input
    run_id VARCHAR NOT NULL, -- 采集运行号
    measured_at TIMESTAMP NOT NULL, -- 采集时间
    site_code VARCHAR NOT NULL, -- 网站编码(本系统)
    url VARCHAR NOT NULL, -- 页面或附件地址
    snapshot_sha256 VARCHAR NOT NULL, -- 快照文件摘要值(个人信息已脱敏)
    form VARCHAR, -- 形式:page 网页源码,face 换一种访问方式看到的网页源码,attachment 附件文字
    signature VARCHAR, -- 当时页上问题的摘要值
    http_status INTEGER, -- HTTP 状态码
    content_sha256 VARCHAR, -- 原页面或附件的摘要值
    size_bytes BIGINT -- 大小(字节)
);

CREATE TABLE rule_drop ( -- 检测规则降级区间:准确率低于下限时只进复核队列 #derived
    rule VARCHAR NOT NULL, -- 检测规则编号
    from_at TIMESTAMP NOT NULL, -- 降级时间
    to_at TIMESTAMP, -- 恢复时间(空=仍在降级)
    precision_floor DOUBLE, -- 准确率下限(0—1)
    confirmed INTEGER, -- 降级时属实数
    false_alarms INTEGER -- 降级时误报数
);

CREATE TABLE finding_state ( -- 问题的复核状态(最近一次入库时) #derived
    finding_id VARCHAR NOT NULL, -- 问题编号
    state VARCHAR NOT NULL, -- 状态:false_alarm 误报,confirmed 属实,review 待复核
    cause VARCHAR, -- 待复核的原因:low 低把握,dropped 规则已降级
    mark_id VARCHAR -- 标记编号
);

CREATE TABLE application ( -- 依申请公开台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    application_id VARCHAR NOT NULL, -- 申请编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    received_on DATE NOT NULL, -- 收到申请之日
    channel_in VARCHAR, -- 申请方式:当面、邮寄、平信、网络、传真
    submitted_on DATE, -- 提交日期(当面提交的即收到申请之日)
    signed_on DATE, -- 签收日期(需签收邮寄的即收到申请之日)
    confirmed_on DATE, -- 与申请人确认日期(平信、网络、传真的即收到申请之日)
    applicant_type VARCHAR, -- 申请人类型:自然人、商业企业等
    stage VARCHAR, -- 当前环节:登记、受理、办理、审核、答复、归档等
    correction_asked_on DATE, -- 补正告知日期
    correction_received_on DATE, -- 收到补正日期
    third_party_from DATE, -- 征求第三方意见开始日期
    third_party_to DATE, -- 征求第三方意见结束日期
    partner_from DATE, -- 征求其他机关意见开始日期
    partner_to DATE, -- 征求其他机关意见结束日期
    extended BOOLEAN, -- 是否延期
    extended_on DATE, -- 延期告知日期
    accepted_on DATE, -- 受理日期
    accepted_post VARCHAR, -- 受理岗位
    registered_on DATE, -- 登记日期
    registered_post VARCHAR, -- 登记岗位
    handled_on DATE, -- 办理完成日期
    handled_post VARCHAR, -- 办理岗位
    reviewed_on DATE, -- 审核日期
    reviewed_post VARCHAR, -- 审核岗位
    answered_on DATE, -- 答复日期
    answered_post VARCHAR, -- 答复岗位
    archived_on DATE, -- 归档日期
    archived_post VARCHAR, -- 归档岗位
    result VARCHAR, -- 处理结果(年报口径)
    due_on DATE, -- 答复期限(本系统计算,入库时更新;待补正时为空)
    handler VARCHAR, -- 经办岗位
    note VARCHAR -- 备注
);

CREATE TABLE review_case ( -- 行政复议诉讼台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    case_no VARCHAR NOT NULL, -- 案号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    application_id VARCHAR, -- 申请编号(由哪一件依申请公开引起)
    review_kind VARCHAR NOT NULL, -- 类别:行政复议、未经复议直接起诉、复议后起诉
    filed_on DATE NOT NULL, -- 受理日期
    decided_on DATE, -- 审结日期
    outcome VARCHAR, -- 结果:结果维持、结果纠正、其他结果
    note VARCHAR -- 备注
);

CREATE TABLE mock_request ( -- 模拟测评台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    mock_id VARCHAR NOT NULL, -- 测评编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    channel_in VARCHAR NOT NULL, -- 申请方式:当面、邮寄、平信、网络、传真
    submitted_on DATE NOT NULL, -- 提交日期
    subject VARCHAR, -- 申请内容摘要(不填申请人姓名、电话、地址)
    channel_open BOOLEAN, -- 渠道是否畅通
    confirmed_on DATE, -- 确认日期(单位与申请人联系确认的日期)
    answered_on DATE, -- 答复日期
    well_formed BOOLEAN, -- 答复格式是否规范(有文号、落款、印章)
    remedy_told BOOLEAN, -- 是否告知救济途径
    grade VARCHAR, -- 测评等次:优、良、中、差
    note VARCHAR -- 备注
);

CREATE TABLE annual_table2 ( -- 年报表二(主动公开) #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    report_year INTEGER NOT NULL, -- 年度
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    report_item VARCHAR NOT NULL, -- 项目:规章、行政规范性文件、行政许可、行政处罚、行政强制、行政事业性收费
    made INTEGER, -- 本年制发件数
    abolished INTEGER, -- 本年废止件数
    in_force INTEGER, -- 现行有效件数
    decisions INTEGER, -- 本年处理决定数量
    fees DOUBLE -- 本年收费金额(万元)
);

CREATE TABLE annual_table3 ( -- 年报表三(收到和处理申请) #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    report_year INTEGER NOT NULL, -- 年度
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    report_item VARCHAR NOT NULL, -- 项目
    persons INTEGER, -- 自然人
    business INTEGER, -- 商业企业
    research INTEGER, -- 科研机构
    welfare INTEGER, -- 社会公益组织
    legal INTEGER, -- 法律服务机构
    others INTEGER, -- 其他
    total INTEGER -- 总计
);

CREATE TABLE annual_table4 ( -- 年报表四(复议诉讼) #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    report_year INTEGER NOT NULL, -- 年度
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    report_item VARCHAR NOT NULL, -- 项目:行政复议、未经复议直接起诉、复议后起诉
    upheld INTEGER, -- 结果维持
    corrected INTEGER, -- 结果纠正
    otherwise INTEGER, -- 其他结果
    pending INTEGER, -- 尚未审结
    total INTEGER -- 总计
);

CREATE TABLE message ( -- 网民留言台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    message_id VARCHAR NOT NULL, -- 留言编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    channel_in VARCHAR, -- 来源渠道:领导信箱、12345、找错等
    received_on DATE NOT NULL, -- 留言日期
    answered_on DATE, -- 答复日期
    published BOOLEAN, -- 是否公开
    satisfied BOOLEAN, -- 是否满意
    valid BOOLEAN, -- 是否有效留言
    note VARCHAR -- 备注
);

CREATE TABLE service_guide ( -- 办事指南检查台账:每个办事事项一行 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    item_id VARCHAR NOT NULL, -- 事项编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    item_name VARCHAR NOT NULL, -- 事项名称
    url VARCHAR, -- 办事指南地址
    missing VARCHAR, -- 缺失的要素(顿号分隔),共八类
    missing_count INTEGER NOT NULL, -- 缺失要素类数
    needs_form BOOLEAN, -- 是否需要表格
    has_form BOOLEAN, -- 是否提供表格样表
    checked_on DATE NOT NULL, -- 检查日期
    note VARCHAR -- 备注
);

CREATE TABLE disclosure_item ( -- 主动公开事项清单 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    item_code VARCHAR NOT NULL, -- 事项编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    tier VARCHAR, -- 清单层级:政府、部门
    item_name VARCHAR NOT NULL, -- 公开事项名称
    content VARCHAR, -- 公开内容标准
    basis VARCHAR, -- 公开依据
    time_limit VARCHAR, -- 公开时限(如 自形成或变更之日起 20 个工作日内)
    subject_name VARCHAR, -- 公开主体
    channels_out VARCHAR, -- 公开渠道
    url VARCHAR, -- 栏目地址(网站上的栏目首页;用来核对栏目是否存在、是否空白)
    valid_from DATE NOT NULL, -- 生效日期(调整后的事项另起一行)
    valid_to DATE, -- 失效日期
    note VARCHAR -- 备注
);

CREATE TABLE normative_document ( -- 规范性文件台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    doc_no VARCHAR NOT NULL, -- 文号(如 余府发〔2023〕5号)
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    document_kind VARCHAR NOT NULL, -- 文件类别:规章、行政规范性文件
    title VARCHAR NOT NULL, -- 标题
    issued_on DATE NOT NULL, -- 制发日期
    expires_on DATE, -- 有效期至
    ended_on DATE, -- 废止失效日期
    label_shown BOOLEAN, -- 网站是否标注有效性
    still_shown BOOLEAN, -- 网站是否仍按现行有效公开
    checked_on DATE, -- 核对日期
    url VARCHAR, -- 地址
    note VARCHAR -- 备注
);

CREATE TABLE policy_document ( -- 政策文件台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    doc_no VARCHAR NOT NULL, -- 文号(如 余府发〔2023〕5号)
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    title VARCHAR NOT NULL, -- 标题
    issued_on DATE NOT NULL, -- 发布日期
    disclosure VARCHAR, -- 公开属性:主动公开、依申请公开、不予公开
    consult_told BOOLEAN, -- 是否明确政策咨询
    public_interest BOOLEAN, -- 是否涉及公众切身利益
    opinions_sought BOOLEAN, -- 是否征集意见
    needs_interpretation BOOLEAN, -- 是否应当解读
    drafted_together BOOLEAN, -- 解读是否同步起草
    approved_together BOOLEAN, -- 解读是否同步审签
    interpreted_on DATE, -- 解读发布日期
    interpretation_form VARCHAR, -- 解读形式:图文、图表、视频动画、文字、新闻发布会、访谈文章
    interpretation_url VARCHAR, -- 解读地址
    fiscal BOOLEAN, -- 是否涉及财政资金惠企
    paid_by_platform BOOLEAN, -- 是否通过惠企通兑现
    url VARCHAR, -- 地址
    note VARCHAR -- 备注
);

CREATE TABLE interpreter ( -- 政策解读员台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    interpreter_no VARCHAR NOT NULL, -- 编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    post_name VARCHAR NOT NULL, -- 解读员岗位(填岗位,不填姓名和手机号)
    contact VARCHAR, -- 工作联系方式(办公电话)
    published_on DATE, -- 名单公布日期
    left_on DATE, -- 离岗日期
    url VARCHAR, -- 地址
    note VARCHAR -- 备注
);

CREATE TABLE policy_review ( -- 政策评价台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    review_no VARCHAR NOT NULL, -- 评价编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    report_year INTEGER NOT NULL, -- 年度
    policy_title VARCHAR NOT NULL, -- 评价的政策
    review_method VARCHAR, -- 方式:征集调查、专题座谈、重点访谈、舆情监测、网络问政、其他
    started_on DATE, -- 开始日期
    finished_on DATE, -- 完成日期
    url VARCHAR, -- 地址
    note VARCHAR -- 备注
);

CREATE TABLE public_zone ( -- 政务公开专区台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    zone_no VARCHAR NOT NULL, -- 专区编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    zone_name VARCHAR NOT NULL, -- 专区名称
    planned_on DATE, -- 计划建成日期
    opened_on DATE, -- 建成日期
    can_read BOOLEAN, -- 信息查阅
    can_apply BOOLEAN, -- 政府信息申请
    can_serve BOOLEAN, -- 政务自助办理
    can_show BOOLEAN, -- 互动展示
    can_explain BOOLEAN, -- 重要政策现场解读
    can_coach BOOLEAN, -- 综合政策辅导
    can_demo BOOLEAN, -- 办事流程演示
    has_window BOOLEAN, -- 政策咨询窗口
    note VARCHAR -- 备注
);

CREATE TABLE quarterly_report ( -- 季度公开台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    quarter VARCHAR NOT NULL, -- 季度(如 2026Q3)
    report_kind VARCHAR NOT NULL, -- 公开内容:政府工作报告重点任务、民生实事项目
    published_on DATE, -- 公开日期
    url VARCHAR, -- 地址
    note VARCHAR -- 备注
);

CREATE TABLE clause_task ( -- 任务分解表 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    task_code VARCHAR NOT NULL, -- 任务编号
    clause_no VARCHAR NOT NULL, -- 条款
    task_title VARCHAR NOT NULL, -- 任务
    task_text VARCHAR, -- 内容(文件原文)
    responsible VARCHAR, -- 责任单位原文
    unit_codes VARCHAR NOT NULL, -- 责任单位编码(多个单位用 | 分隔)
    period VARCHAR, -- 周期:年内、持续、季度、年度
    due_on DATE, -- 限期
    due_basis VARCHAR, -- 限期依据
    note VARCHAR -- 备注
);

CREATE TABLE task_progress ( -- 任务进度台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    task_code VARCHAR NOT NULL, -- 任务编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    filed_on DATE, -- 分解报备日期
    percent INTEGER, -- 进度(%)
    finished_on DATE, -- 完成日期
    evidence VARCHAR, -- 佐证(文件、网址或说明)
    note VARCHAR -- 备注
);

CREATE TABLE commendation ( -- 表扬问责台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    record_no VARCHAR NOT NULL, -- 编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    commend_kind VARCHAR NOT NULL, -- 类别:表扬、通报批评、约谈、责令整改、追责问责
    decided_on DATE NOT NULL, -- 决定日期
    decided_by VARCHAR, -- 决定机关
    matter VARCHAR NOT NULL, -- 事由(不填个人姓名)
    rectify_by DATE, -- 整改限期
    rectified_on DATE, -- 整改完成日期
    note VARCHAR -- 备注
);

CREATE TABLE serious_incident ( -- 严重问题认定台账:经主管机关认定的,机器看不出来的单项否决情形 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    incident_no VARCHAR NOT NULL, -- 编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    incident_kind VARCHAR NOT NULL, -- 类别:泄露国家秘密、发布违法有害内容、安全事故处置不力、弄虚作假、严重负面舆情
    happened_on DATE, -- 发生日期
    confirmed_on DATE NOT NULL, -- 认定日期
    confirmed_by VARCHAR NOT NULL, -- 认定机关
    matter VARCHAR NOT NULL, -- 事由(不写涉密内容和个人信息)
    rectified_on DATE, -- 整改完成日期
    note VARCHAR -- 备注
);

CREATE TABLE opinion_event ( -- 政务舆情回应台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    opinion_no VARCHAR NOT NULL, -- 舆情编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    found_on DATE NOT NULL, -- 发现日期
    topic VARCHAR NOT NULL, -- 议题(只记事件和回应,不记网民个人)
    opinion_grade VARCHAR, -- 等级:一般、较大、重大、特别重大
    judged_on DATE, -- 研判日期
    responded_on DATE, -- 回应日期
    response_url VARCHAR, -- 回应地址
    closed_on DATE, -- 办结日期
    note VARCHAR -- 备注
);

CREATE TABLE account_event ( -- 新媒体账号开办注销台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    event_no VARCHAR NOT NULL, -- 记录编号
    account_code VARCHAR NOT NULL, -- 账号编码
    event_kind VARCHAR NOT NULL, -- 事项:开设、备案、变更、停更报备、注销
    applied_on DATE NOT NULL, -- 申请日期
    approved_on DATE, -- 办结日期(批准、备案或注销完成的日期)
    approved_by VARCHAR, -- 批准单位
    note VARCHAR -- 备注
);

CREATE TABLE account_check ( -- 新媒体板块巡查台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    account_code VARCHAR NOT NULL, -- 账号编码
    checked_on DATE NOT NULL, -- 巡查日期
    board_disclosure BOOLEAN, -- 政务公开板块
    board_service BOOLEAN, -- 办事服务板块
    board_interaction BOOLEAN, -- 政民互动板块
    board_interpretation BOOLEAN, -- 政策解读板块
    interaction_works BOOLEAN, -- 互动功能是否有效
    vote_found BOOLEAN, -- 发现强制网络投票
    like_found BOOLEAN, -- 发现点赞打卡摊派
    rectified_on DATE, -- 整改日期
    note VARCHAR -- 备注
);

CREATE TABLE post ( -- 政务新媒体发文台账 #input
    measured_at TIMESTAMP NOT NULL, -- 导入时间
    account_code VARCHAR NOT NULL, -- 账号编码(本系统)
    post_id VARCHAR NOT NULL, -- 文章编号
    posted_on DATE NOT NULL, -- 发布日期
    title VARCHAR, -- 标题
    url VARCHAR, -- 地址
    interactions INTEGER -- 互动量
);

CREATE TABLE warning ( -- 预警:由指标表产生,一事一条 #derived
    warning_id VARCHAR NOT NULL, -- 预警编号(指标+对象+定位的摘要)
    indicator_id VARCHAR NOT NULL, -- 指标编号
    level VARCHAR NOT NULL, -- 级别:red orange yellow blue
    aspect VARCHAR NOT NULL, -- 方面
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    finding_id VARCHAR, -- 问题编号(逐条预警时)
    title VARCHAR NOT NULL, -- 事项
    detail VARCHAR, -- 事实
    value DOUBLE, -- 当前值
    veto_at DOUBLE, -- 红线值
    distance VARCHAR, -- 距红线的说明
    items INTEGER, -- 涉及的问题条数
    opened_at TIMESTAMP NOT NULL, -- 发现时间
    last_seen TIMESTAMP NOT NULL, -- 最近一次仍成立的时间
    due_on DATE, -- 整改限期
    state VARCHAR NOT NULL, -- 处置状态:new ack doing verify closed ignored
    closed_at TIMESTAMP, -- 办结时间
    owner VARCHAR -- 责任人(岗位)
);

CREATE TABLE warning_log ( -- 预警变化点:系统每次开立、升降级、停止测量、办结各一行;重建时由此恢复预警 #input
    logged_at TIMESTAMP NOT NULL, -- 时间
    warning_id VARCHAR NOT NULL, -- 预警编号
    indicator_id VARCHAR NOT NULL, -- 指标编号
    warning_level VARCHAR NOT NULL, -- 级别:red orange yellow blue
    aspect VARCHAR NOT NULL, -- 方面
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    finding_id VARCHAR, -- 问题编号(逐条预警时)
    title VARCHAR NOT NULL, -- 事项
    detail VARCHAR, -- 事实
    value DOUBLE, -- 当时值
    veto_at DOUBLE, -- 红线值
    distance VARCHAR, -- 距红线的说明
    items INTEGER, -- 涉及的问题条数
    opened_at TIMESTAMP NOT NULL, -- 发现时间
    last_seen TIMESTAMP NOT NULL, -- 最近一次仍成立的时间
    due_on DATE, -- 整改限期
    state VARCHAR NOT NULL, -- 处置状态:new ack doing verify closed ignored
    closed_at TIMESTAMP, -- 办结时间
    owner VARCHAR -- 责任人(岗位)
);

CREATE TABLE warning_event ( -- 预警处置留痕:只增不改 #input
    event_id VARCHAR NOT NULL, -- 事件编号
    warning_id VARCHAR NOT NULL, -- 预警编号
    event_at TIMESTAMP NOT NULL, -- 时间
    actor VARCHAR NOT NULL, -- 操作人
    action VARCHAR NOT NULL, -- 动作:notify ack start submit recheck ignore reopen false_alarm assign undo
    from_state VARCHAR, -- 原状态
    to_state VARCHAR, -- 新状态
    owner VARCHAR, -- 责任人(岗位)
    reason VARCHAR, -- 理由
    until DATE -- 忽略有效期
);

CREATE TABLE indicator_result ( -- 指标逐对象结果:每期每个对象每项指标一行,未采集也一行 #input
    week VARCHAR NOT NULL, -- 周次,如 2026-W47
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    indicator_id VARCHAR NOT NULL, -- 指标编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    measured BOOLEAN NOT NULL, -- 是否采到
    cause VARCHAR, -- 未采到的原因编码
    value DOUBLE, -- 指标值
    judgement VARCHAR, -- 判断:ok 合格,notice 提醒,deduct 扣分,veto 否决,bonus 加分,unmeasured 未采集,na 不适用
    fact VARCHAR, -- 事实描述
    items INTEGER, -- 涉及的问题条数
    veto_lifted BOOLEAN -- 否决是否经异议复核撤销
);

CREATE TABLE deduction ( -- 扣分明细:失去的每一分都是一行 #input
    deduction_id VARCHAR NOT NULL, -- 扣分编号
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    indicator_id VARCHAR NOT NULL, -- 指标编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    finding_id VARCHAR, -- 问题编号
    clause VARCHAR, -- 依据条款
    nature VARCHAR, -- 性质:national 国家,local 地方,unverified 原文未核实,project_default 项目默认
    fact VARCHAR NOT NULL, -- 事实描述
    evidence_url VARCHAR, -- 证据页面
    quantity DOUBLE, -- 数量
    points_each DOUBLE, -- 单位扣分(分)
    points_raw DOUBLE, -- 应扣(分)
    points DOUBLE NOT NULL, -- 封顶后扣分(分)
    first_seen TIMESTAMP, -- 首次发现
    is_veto BOOLEAN NOT NULL, -- 是否单项否决
    state VARCHAR -- 状态:confirmed 已确认,disputed 异议中,cancelled 已撤销
);

CREATE TABLE bonus_row ( -- 加分明细:得到的每一分都是一行 #input
    bonus_id VARCHAR NOT NULL, -- 加分编号
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    indicator_id VARCHAR NOT NULL, -- 指标编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    clause VARCHAR, -- 依据条款
    nature VARCHAR, -- 性质:national 国家,local 地方,unverified 原文未核实,project_default 项目默认
    fact VARCHAR NOT NULL, -- 事实描述
    evidence_url VARCHAR, -- 证据页面
    quantity DOUBLE, -- 数量
    points_each DOUBLE, -- 单位加分(分)
    points_raw DOUBLE, -- 应加(分)
    points DOUBLE NOT NULL -- 封顶后加分(分)
);

CREATE TABLE object_score ( -- 网站、账号各自的得分与合格情况:每期每个对象一行 #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    score DOUBLE, -- 得分(分);账号只评合格与否,未采集时为空
    vetoed BOOLEAN NOT NULL, -- 是否单项否决
    grade VARCHAR, -- 等级:合格、不合格、未评
    indicators_measured INTEGER, -- 采到的指标数
    indicators_total INTEGER -- 应采的指标数
);

CREATE TABLE score ( -- 单位得分:每期每单位一行 #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    unit_group VARCHAR NOT NULL, -- 分组
    base DOUBLE, -- 基准分(分)
    deducted DOUBLE, -- 扣分(分)
    bonus DOUBLE, -- 加分(分)
    score DOUBLE, -- 最终得分(分);未采集时为空
    score_unvetoed DOUBLE, -- 不否决时得分(分)
    vetoed BOOLEAN NOT NULL, -- 是否单项否决
    grade VARCHAR, -- 等级:合格、不合格、未评
    rank_in_group INTEGER, -- 组内名次(否决、未评为空)
    ranked_in_group INTEGER, -- 组内参与排名单位数
    indicators_measured INTEGER, -- 采到的指标数
    indicators_total INTEGER, -- 应采的指标数
    rules_version VARCHAR, -- 口径版本
    rules_sha256 VARCHAR, -- 规则集摘要值
    code_version VARCHAR, -- 代码版本
    computed_at TIMESTAMP, -- 计算时间
    facts_until TIMESTAMP -- 数据截至
);

CREATE TABLE issue ( -- 期:封存的一周;更正另立一行,原来的不改 #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    closed_at TIMESTAMP NOT NULL, -- 封存时间
    actor VARCHAR NOT NULL, -- 封存人
    reason VARCHAR, -- 更正理由
    facts_until TIMESTAMP NOT NULL, -- 数据截至
    rules_version VARCHAR NOT NULL, -- 口径版本
    rules_sha256 VARCHAR NOT NULL, -- 规则集摘要值
    code_version VARCHAR NOT NULL, -- 代码版本
    facts_sha256 VARCHAR NOT NULL, -- 封存事实的摘要值
    results_sha256 VARCHAR NOT NULL, -- 得分与扣分明细的摘要值
    due_sha256 VARCHAR -- 到期事项的摘要值(空:这一期封存时还没有保存到期事项)
);

CREATE TABLE issue_file ( -- 期所依据的口径、台账、日历文件原文 #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    file_name VARCHAR NOT NULL, -- 文件名
    content VARCHAR NOT NULL, -- 原文
    content_sha256 VARCHAR NOT NULL -- 摘要值
);

CREATE TABLE frozen_evidence ( -- 封存的事实:指标值背后的每一条(指标值本身在 indicator_result) #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    indicator_id VARCHAR NOT NULL, -- 指标编号
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    number INTEGER NOT NULL, -- 序号
    fact VARCHAR NOT NULL, -- 事实描述
    finding_id VARCHAR, -- 问题编号
    evidence_url VARCHAR, -- 证据页面
    first_seen TIMESTAMP, -- 首次发现
    quantity DOUBLE, -- 数量
    kept DOUBLE NOT NULL -- 异议复核后保留的比例:1 全部,0 撤销
);

CREATE TABLE due_matter ( -- 封存的到期事项:限期在统计周内的预警整改和依申请公开答复,整改按期率和按期答复率只由此算出 #input
    week VARCHAR NOT NULL, -- 周次
    revision INTEGER NOT NULL, -- 更正号(0=首次)
    matter VARCHAR NOT NULL, -- 事项类别:warning 整改,application 答复
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    site_code VARCHAR, -- 网站编码(本系统)
    account_code VARCHAR, -- 账号编码(本系统)
    warning_id VARCHAR, -- 预警编号
    application_id VARCHAR, -- 申请编号
    title VARCHAR, -- 事项
    warning_level VARCHAR, -- 级别:red orange yellow blue
    opened_at TIMESTAMP, -- 发现时间
    received_on DATE, -- 收到申请之日
    due_on DATE NOT NULL, -- 整改或答复期限
    closed_at TIMESTAMP, -- 办结时间(封存时未办结的为空)
    answered_on DATE -- 答复日期(统计周结束时未答复的为空)
);

CREATE TABLE dispute ( -- 异议:一条扣分的一次异议及其最新状态 #input
    dispute_id VARCHAR NOT NULL, -- 异议编号
    deduction_id VARCHAR NOT NULL, -- 扣分编号
    week VARCHAR, -- 周次
    unit_code VARCHAR, -- 责任单位编码
    raised_at TIMESTAMP NOT NULL, -- 提出时间
    actor VARCHAR, -- 提出人
    reason VARCHAR NOT NULL, -- 理由
    attachment VARCHAR, -- 附件原名
    attachment_sha256 VARCHAR, -- 附件摘要值(即保存的文件名)
    state VARCHAR NOT NULL, -- 状态:open 待受理,reviewing 复核中,upheld 维持,partial 部分采纳,cancelled 撤销,withdrawn 撤回
    accepted_at TIMESTAMP, -- 受理时间
    accepter VARCHAR, -- 受理人
    due_on DATE, -- 复核限期
    decided_at TIMESTAMP, -- 结论时间
    reviewer VARCHAR, -- 复核人(不得是封存人、提出人或受理人)
    kept DOUBLE, -- 结论保留扣分的比例:1 维持,0 撤销
    decision VARCHAR, -- 结论说明
    revision INTEGER -- 结论进入的更正号
);

CREATE TABLE dispute_event ( -- 异议办理留痕:只增不改 #input
    event_id VARCHAR NOT NULL, -- 事件编号
    dispute_id VARCHAR NOT NULL, -- 异议编号
    event_at TIMESTAMP NOT NULL, -- 时间
    actor VARCHAR NOT NULL, -- 操作人
    action VARCHAR NOT NULL, -- 动作:raise accept decide withdraw
    from_state VARCHAR, -- 原状态
    to_state VARCHAR, -- 新状态
    reason VARCHAR -- 理由
);

CREATE TABLE audit_note ( -- 留痕说明:不在事件表里的改动与导出,由程序写入 #input
    event_id VARCHAR NOT NULL, -- 事件编号
    event_at TIMESTAMP NOT NULL, -- 时间
    actor VARCHAR NOT NULL, -- 操作人
    action VARCHAR NOT NULL, -- 动作,如 register.import access.set export.bundle
    object_kind VARCHAR NOT NULL, -- 对象种类:register lexicon rules calendar access export
    object_id VARCHAR NOT NULL, -- 对象:文件名、周次等
    before VARCHAR, -- 改动前
    after VARCHAR, -- 改动后
    reason VARCHAR -- 理由
);

CREATE TABLE audit ( -- 操作留痕:每次改动一条,逐条以摘要值相连,与 audit/trail.jsonl 相同 #derived
    seq BIGINT NOT NULL, -- 序号(从 1 连续)
    event_at TIMESTAMP, -- 时间
    actor VARCHAR NOT NULL, -- 操作人
    action VARCHAR NOT NULL, -- 动作
    object_kind VARCHAR NOT NULL, -- 对象种类
    object_id VARCHAR NOT NULL, -- 对象编号
    before VARCHAR, -- 改动前
    after VARCHAR, -- 改动后
    reason VARCHAR, -- 理由
    batch_id VARCHAR NOT NULL, -- 批次号(暂存文件名)
    part VARCHAR NOT NULL, -- 批次内第几条/共几条
    previous_sha256 VARCHAR NOT NULL, -- 上一条的摘要值
    entry_sha256 VARCHAR NOT NULL -- 本条的摘要值
);

CREATE TABLE delivery ( -- 通知发送记录:每次尝试一行 #input
    delivery_id VARCHAR NOT NULL, -- 发送编号
    notice_id VARCHAR NOT NULL, -- 通知编号(同一内容、同一对象)
    attempted_at TIMESTAMP NOT NULL, -- 尝试时间
    channel VARCHAR NOT NULL, -- 通道名称
    audience VARCHAR NOT NULL, -- 通知对象:contact 联系人,leader 分管领导,office 市政府办
    unit_code VARCHAR NOT NULL, -- 责任单位编码
    notice_level VARCHAR NOT NULL, -- 最高级别:red orange yellow blue
    title VARCHAR NOT NULL, -- 标题
    text VARCHAR NOT NULL, -- 正文(不含问题文字、个人信息)
    items INTEGER, -- 涉及的预警条数
    attempt INTEGER NOT NULL, -- 第几次尝试
    delivery_state VARCHAR NOT NULL, -- 结果:sent 已送达,retry 待重试,failed 未送达
    failure VARCHAR, -- 没有送到的原因
    next_at TIMESTAMP -- 下次重试时间
);

CREATE TABLE delivery_item ( -- 一条通知说到的预警 #input
    notice_id VARCHAR NOT NULL, -- 通知编号
    warning_id VARCHAR NOT NULL, -- 预警编号
    occasion VARCHAR NOT NULL -- 为什么说:new half full escalate closed
);
